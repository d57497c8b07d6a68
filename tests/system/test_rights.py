# SPDX-License-Identifier: GPL-3.0-or-later
"""Rights: every endpoint of the console's documentation asked by every role, and the S3 operations by every role and
grant."""

import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml

from console_client import ConsoleClient
from sigv4_raw import RawClient, Signer

DOCUMENT = yaml.safe_load((Path(__file__).resolve().parents[2] / "resources" / "openapi.yaml").read_text())
PASSWORD = "a-password-of-the-test"
ROLES = ("admin", "tenant-admin", "user", "readonly", "nobody")

# What each role gets for each right, where the path names another user of the tenant of `tenant-admin` and `user`,
# that tenant, and a bucket of it that nobody was granted: written down apart from the code.
ALLOWED, NEEDS, UNKNOWN, SIGN_IN = "allowed", 403, 404, 401
EXPECTED = {
    # right:          admin    tenant-admin  user     readonly nobody
    "anyone":          (ALLOWED, ALLOWED, ALLOWED, ALLOWED, ALLOWED),
    "signed-in":       (ALLOWED, ALLOWED, ALLOWED, ALLOWED, SIGN_IN),
    "read-all":        (ALLOWED, NEEDS, NEEDS, ALLOWED, SIGN_IN),
    "admin":           (ALLOWED, NEEDS, NEEDS, NEEDS, SIGN_IN),
    "manage-users":    (ALLOWED, ALLOWED, NEEDS, NEEDS, SIGN_IN),
    "read-user":       (ALLOWED, ALLOWED, UNKNOWN, ALLOWED, SIGN_IN),
    "edit-user":       (ALLOWED, ALLOWED, UNKNOWN, NEEDS, SIGN_IN),
    "manage-user":     (ALLOWED, ALLOWED, UNKNOWN, NEEDS, SIGN_IN),
    "list-tenants":    (ALLOWED, ALLOWED, NEEDS, ALLOWED, SIGN_IN),
    "read-tenant":     (ALLOWED, ALLOWED, NEEDS, ALLOWED, SIGN_IN),
    "edit-tenant":     (ALLOWED, ALLOWED, NEEDS, NEEDS, SIGN_IN),
    "create-bucket":   (ALLOWED, ALLOWED, ALLOWED, NEEDS, SIGN_IN),
    "read-bucket":     (ALLOWED, ALLOWED, UNKNOWN, ALLOWED, SIGN_IN),
    "admin-bucket":    (ALLOWED, ALLOWED, UNKNOWN, NEEDS, SIGN_IN),
    "quota-of-bucket": (ALLOWED, ALLOWED, UNKNOWN, NEEDS, SIGN_IN),
}


def operations():
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


class World:
    """A node with a user of each role, and what the paths name."""

    def __init__(self, node):
        self.node = node
        admin = ConsoleClient(node)
        tenant = admin.post("/tenants", {"name": "rights"}).expect(201).data["id"]
        roles = {"tenant-admin": "tenant-admin", "user": "user", "readonly": "readonly", "target": "tenant-admin"}
        ids = {}
        for name, role in roles.items():
            body = {"username": name, "password": PASSWORD, "roles": [role],
                    "tenant_id": "" if role == "readonly" else tenant}
            ids[name] = admin.post("/users", body).expect(201).data["id"]
        # A user of the tenant, whom its administrator may change.
        admin.put("/users/" + ids["target"], {"roles": ["user"]}).expect(200)
        target = ConsoleClient(node, "target", PASSWORD)
        target.post("/buckets", {"name": "rights-of-others"}).expect(201)
        node_id = admin.get("/cluster/config").expect(200).data["node_id"]
        self.names = {"/users/{id}": ids["target"], "/tenants/{id}": tenant, "/cluster/nodes/{id}": node_id}
        self.tokens = {"nobody": None, "admin": admin.sign_in().token}
        for role in ROLES[1:-1]:
            self.tokens[role] = ConsoleClient(node, role, PASSWORD).sign_in().token

    def fill(self, path):
        for start, name in self.names.items():
            if path.startswith(start):
                path = path.replace("{id}", name, 1)
        return path.replace("{bucket}", "rights-of-others").replace("{key}", "NOKEY").replace("{id}", "none")

    def ask(self, method, path, role):
        """(status, code, message). A change is asked with a body that is none, so that nothing happens."""
        request = urllib.request.Request(self.node.console_url + "/api/v1" + self.fill(path), method=method)
        if method != "GET":
            request.data = b"[]"
        if self.tokens[role]:
            request.add_header("Authorization", "Bearer " + self.tokens[role])
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, None, ""
        except urllib.error.HTTPError as error:
            document = yaml.safe_load(error.read())
            return error.code, document["code"], document["message"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    from node import Node
    node = Node(tmp_path_factory.mktemp("rights"))
    node.start()
    yield World(node)
    node.kill()


@pytest.mark.parametrize("role", ROLES)
def test_each_endpoint_lets_in_whom_its_right_names(world, role):
    wrong = []
    for method, path, operation in operations():
        expected = EXPECTED[operation["x-right"]][ROLES.index(role)]
        status, code, message = world.ask(method, path, role)
        if expected == ALLOWED:
            # The change was refused for its body, after its right.
            fine = status == 200 if method == "GET" else (status == 400 and code == "InvalidArgument")
            # A lone node has no rules: that there is none is said to those who may know.
            if method == "GET" and path.startswith("/cluster/replication/{id}"):
                fine = status == 404 and code == "NoSuchRule"
        elif expected == NEEDS:
            fine = status == 403 and code == "AccessDenied" and message.startswith("This needs ")
        else:
            fine = status == expected and code != "AccessDenied"
        if not fine:
            wrong.append(f"{method} {path} ({operation['x-right']}): {status} {code} {message}")
    assert not wrong, "\n".join(wrong)


def test_a_refusal_names_the_right_that_is_missing(world):
    def refusal(method, path, role):
        status, _, message = world.ask(method, path, role)
        assert status == 403
        return message

    assert refusal("POST", "/tenants", "tenant-admin") == "This needs the role admin."
    assert refusal("GET", "/settings", "user") == "This needs the role admin or readonly."
    assert refusal("POST", "/users", "user") == "This needs the role admin or tenant-admin."
    assert refusal("POST", "/buckets", "readonly") == "This needs the role user, tenant-admin or admin."
    assert refusal("DELETE", "/buckets/{bucket}", "readonly") == (
        "This needs admin access to the bucket rights-of-others, which the user readonly has not: its owner or an "
        "administrator can grant it.")


def test_a_role_that_was_taken_away_counts_at_the_next_request(world):
    admin = ConsoleClient(world.node)
    body = {"username": "fleeting", "password": PASSWORD, "roles": ["admin"]}
    user = admin.post("/users", body).expect(201).data["id"]
    fleeting = ConsoleClient(world.node, "fleeting", PASSWORD)
    fleeting.get("/settings").expect(200)
    admin.put("/users/" + user, {"roles": ["user"]}).expect(200)
    fleeting.get("/settings").expect(403, "AccessDenied")


# --- S3 ------------------------------------------------------------------------------------------------------------

# Who asks, in this order: what each may do in a bucket of the tenant that belongs to `owner`.
ASKERS = ("admin", "readonly", "tenant-admin", "owner", "colleague", "reader", "writer", "manager")
S3_EXPECTED = {
    # right:  admin readonly tenant-admin owner colleague reader writer manager
    "read":   (True, True, True, True, False, True, True, True),
    "write":  (True, False, True, True, False, False, True, True),
    "admin":  (True, False, True, True, False, False, False, True),
    "create": (True, False, True, True, True, True, True, True),
    "list":   (True, True, True, True, True, True, True, True),
}
TAGS = b"<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"
# (right, method, path, query, headers, body); {asker} is another word for each, so that none meets another's objects.
S3_OPERATIONS = (
    ("list", "GET", "/", [], {}, b""),
    ("create", "PUT", "/made-by-{asker}", [], {}, b""),
    ("read", "GET", "/{bucket}/key", [], {}, b""),
    ("read", "HEAD", "/{bucket}/key", [], {}, b""),
    ("read", "GET", "/{bucket}/key", [("tagging", "")], {}, b""),
    ("read", "GET", "/{bucket}/key", [("acl", "")], {}, b""),
    ("read", "GET", "/{bucket}/key", [("attributes", "")], {"x-amz-object-attributes": "ETag"}, b""),
    ("read", "HEAD", "/{bucket}", [], {}, b""),
    ("read", "GET", "/{bucket}", [], {}, b""),
    ("read", "GET", "/{bucket}", [("list-type", "2")], {}, b""),
    ("read", "GET", "/{bucket}", [("versions", "")], {}, b""),
    ("read", "GET", "/{bucket}", [("uploads", "")], {}, b""),
    ("read", "GET", "/{bucket}", [("versioning", "")], {}, b""),
    ("read", "GET", "/{bucket}", [("location", "")], {}, b""),
    ("read", "GET", "/{bucket}", [("acl", "")], {}, b""),
    ("write", "PUT", "/{bucket}/by-{asker}", [], {}, b"data"),
    ("write", "PUT", "/{bucket}/copy-by-{asker}", [], {"x-amz-copy-source": "/{bucket}/key"}, b""),
    ("write", "PUT", "/{bucket}/key", [("tagging", "")], {}, TAGS),
    ("write", "DELETE", "/{bucket}/key", [("tagging", "")], {}, b""),
    ("write", "DELETE", "/{bucket}/by-{asker}", [], {}, b""),
    ("write", "POST", "/{bucket}/upload-by-{asker}", [("uploads", "")], {}, b""),
    ("write", "PUT", "/{bucket}/key", [("partNumber", "1"), ("uploadId", "0" * 32)], {}, b"data"),
    ("write", "POST", "/{bucket}/key", [("uploadId", "0" * 32)], {}, b"<CompleteMultipartUpload/>"),
    ("write", "DELETE", "/{bucket}/key", [("uploadId", "0" * 32)], {}, b""),
    ("admin", "PUT", "/{bucket}", [("versioning", "")], {}, b"<Nothing/>"),
    ("admin", "DELETE", "/{bucket}", [], {}, b""),
)


class S3World:
    """A bucket of a tenant's user, and who asks for it."""

    bucket = "rights-over-s3"

    def __init__(self, node):
        admin = ConsoleClient(node)
        tenant = admin.post("/tenants", {"name": "rights-over-s3"}).expect(201).data["id"]
        roles = {"admin": "admin", "readonly": "readonly", "tenant-admin": "tenant-admin"}
        inside = ("tenant-admin", "owner", "colleague")
        self.clients, ids = {}, {}
        for name in ASKERS:
            body = {"username": "s3-" + name, "password": PASSWORD, "roles": [roles.get(name, "user")],
                    "tenant_id": tenant if name in inside else ""}
            ids[name] = admin.post("/users", body).expect(201).data["id"]
            key = admin.post(f"/users/{ids[name]}/access-keys").expect(201).data
            self.clients[name] = RawClient(node.s3_port, Signer(key["id"], key["secret"]))
        owner = self.clients["owner"]
        owner.put("/" + self.bucket).expect(200)
        owner.put(f"/{self.bucket}/key", b"data").expect(200)
        for name, access in (("reader", "read"), ("writer", "write"), ("manager", "admin")):
            admin.post(f"/buckets/{self.bucket}/grants", {"user_id": ids[name], "access": access}).expect(201)

    def ask(self, asker, operation):
        _, method, path, query, headers, body = operation

        def fill(text):
            return text.format(bucket=self.bucket, asker=asker)

        headers = {name: fill(value) for name, value in headers.items()}
        return self.clients[asker].request(method, fill(path), query, headers, body)


@pytest.fixture(scope="module")
def s3_world(world):
    return S3World(world.node)


@pytest.mark.parametrize("asker", ASKERS)
def test_each_s3_operation_lets_in_whom_its_right_names(s3_world, asker):
    wrong = []
    for operation in S3_OPERATIONS:
        right = operation[0]
        answer = s3_world.ask(asker, operation)
        if S3_EXPECTED[right][ASKERS.index(asker)]:
            fine = answer.status != 403
        elif operation[1] == "HEAD":
            fine = answer.status == 403
        else:
            needed = (f"This needs {right} access to the bucket {s3_world.bucket}, which the user s3-{asker} has not"
                      if right != "create" else "This needs the role user, tenant-admin or admin.")
            fine = answer.status == 403 and answer.text_of("Message").startswith(needed)
        if not fine:
            wrong.append(f"{operation[:4]}: {answer.status} {answer.body}")
    assert not wrong, "\n".join(wrong)
