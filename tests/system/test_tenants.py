# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants: what belongs to them, what their administrators may do, and their quotas over the S3 API."""

import http.client
import itertools
import threading

import pytest

from console_client import ConsoleClient
from sigv4_raw import RawClient, Signer
from support import SMALLEST_PART, complete, put_part, random_bytes, set_versioning, start_upload

PASSWORD = "a-password-of-the-test"
numbers = itertools.count(1)


class Tenant:
    """A tenant with one user, who has an access key."""

    def __init__(self, node, roles=("user",), **quota):
        self.number = next(numbers)
        self.admin = ConsoleClient(node)
        self.name = f"tenant-{self.number}"
        body = {"name": self.name, "quota": quota}
        self.path = "/tenants/" + self.admin.post("/tenants", body).expect(201).data["id"]
        self.user = self.add_user(node, f"user-{self.number}", roles)
        self.s3 = self.client(node, self.user)

    def add_user(self, node, name, roles=("user",)):
        body = {"username": name, "password": PASSWORD, "roles": list(roles), "tenant_id": self.path.rpartition("/")[2]}
        return self.admin.post("/users", body).expect(201).data

    def client(self, node, user):
        key = self.admin.post(f"/users/{user['id']}/access-keys").expect(201).data
        return RawClient(node.s3_port, Signer(key["id"], key["secret"]))

    def console(self, node):
        return ConsoleClient(node, self.user["username"], PASSWORD)

    def new_bucket(self):
        name = f"tenants-{next(numbers)}"
        self.s3.put("/" + name).expect(200)
        return name

    def shown(self):
        return self.admin.get(self.path).expect(200).data

    def change(self, **what):
        return self.admin.put(self.path, what).expect(200).data


@pytest.fixture
def admin(node):
    return ConsoleClient(node)


def test_users_and_buckets_belong_to_their_tenant(node, admin):
    tenant = Tenant(node)
    bucket = tenant.new_bucket()
    tenant.s3.put(f"/{bucket}/key", b"12345").expect(200)
    assert admin.get("/buckets/" + bucket).data["tenant_id"] == tenant.shown()["id"]
    shown = tenant.shown()
    assert (shown["user_count"], shown["bucket_count"], shown["access_key_count"]) == (1, 1, 1)
    assert (shown["object_count"], shown["total_size"]) == (1, 5)

    refused = admin.delete(tenant.path).expect(409)
    assert "users (1) or buckets (1)" in refused.document["message"]
    tenant.s3.delete(f"/{bucket}/key").expect(204)
    tenant.s3.delete(f"/{bucket}").expect(204)
    admin.delete(tenant.path).expect(409)
    admin.delete("/users/" + tenant.user["id"]).expect(200)
    admin.delete(tenant.path).expect(200)
    admin.get(tenant.path).expect(404, "NoSuchTenant")


def test_names_are_unique_across_tenants(node, admin):
    one, other = Tenant(node), Tenant(node)
    bucket = one.new_bucket()
    other.s3.put("/" + bucket).expect(409, "BucketAlreadyExists")
    admin.post("/tenants", {"name": one.name}).expect(409, "AlreadyExists")
    body = {"username": one.user["username"], "password": PASSWORD, "roles": ["user"]}
    admin.post("/users", body).expect(409, "AlreadyExists")


def test_a_tenant_sees_nothing_of_another(node):
    one, other = Tenant(node, roles=["tenant-admin"]), Tenant(node, roles=["tenant-admin"])
    bucket = one.new_bucket()
    other.s3.get(f"/{bucket}").expect(403, "AccessDenied")
    assert bucket not in other.s3.get("/").expect(200).texts_of("Buckets/Bucket/Name")
    console = other.console(node)
    console.get(one.path).expect(404, "NoSuchTenant")
    console.get("/users/" + one.user["id"]).expect(404, "NoSuchUser")
    assert [tenant["name"] for tenant in console.get("/tenants").expect(200).data["tenants"]] == [other.name]


def test_a_tenant_admin_sees_and_edits_the_own_tenant_only(node):
    tenant = Tenant(node, roles=["tenant-admin"], buckets=1)
    console = tenant.console(node)
    console.put(tenant.path, {"display_name": "Ours"}).expect(200)
    denied = console.put(tenant.path, {"quota": {"buckets": 100}}).expect(403)
    assert denied.document["message"] == "This needs the role admin: quota and status of a tenant."
    console.put(tenant.path, {"status": "disabled"}).expect(403)
    console.post("/tenants", {"name": "more"}).expect(403)
    console.delete(tenant.path).expect(403)
    made = console.post("/users", {"username": f"made-{tenant.number}", "password": PASSWORD, "roles": ["user"]})
    assert made.expect(201).data["tenant_id"] == tenant.shown()["id"]
    body = {"username": f"root-{tenant.number}", "password": PASSWORD, "roles": ["admin"]}
    console.post("/users", body).expect(403)


def test_a_disabled_tenants_users_are_refused_with_the_reason(node):
    tenant = Tenant(node)
    bucket = tenant.new_bucket()
    console = tenant.console(node).sign_in()
    tenant.change(status="disabled")

    refused = tenant.s3.get(f"/{bucket}").expect(403, "AccessDenied")
    assert refused.text_of("Message").endswith("is disabled.")
    asked = console.send("GET", "/auth/me").expect(401)
    assert asked.document["message"] == f"The tenant {tenant.name} of the user {tenant.user['username']} is disabled."
    login = console.send("POST", "/auth/login", {"username": tenant.user["username"], "password": PASSWORD})
    assert login.expect(403).document["message"] == asked.document["message"]

    tenant.change(status="active")
    tenant.s3.get(f"/{bucket}").expect(200)
    console.send("GET", "/auth/me").expect(200)


def test_the_number_of_buckets_is_limited(node, admin):
    tenant = Tenant(node, buckets=2)
    first = tenant.new_bucket()
    tenant.new_bucket()
    refused = tenant.s3.put(f"/tenants-{next(numbers)}").expect(403, "QuotaExceeded")
    assert f"The quota of the tenant {tenant.name} of 2 buckets" in refused.text_of("Message")
    tenant.console(node).post("/buckets", {"name": f"tenants-{next(numbers)}"}).expect(409, "LimitReached")
    tenant.s3.delete("/" + first).expect(204)
    tenant.new_bucket()
    tenant.change(quota={"buckets": 3})
    tenant.new_bucket()


def test_the_number_of_access_keys_is_limited(node, admin):
    tenant = Tenant(node, access_keys=2)
    other = tenant.add_user(node, f"other-{tenant.number}")
    tenant.client(node, other)
    refused = admin.post(f"/users/{tenant.user['id']}/access-keys").expect(409, "LimitReached")
    assert tenant.name in refused.document["message"]
    tenant.console(node).post("/auth/s3-credentials").expect(201)  # ends by itself


def test_bytes_are_limited_over_all_buckets_and_kinds_of_writes(node):
    tenant = Tenant(node, bytes=1000)
    one, other = tenant.new_bucket(), tenant.new_bucket()
    tenant.s3.put(f"/{one}/a", b"x" * 600).expect(200)
    tenant.s3.put(f"/{other}/b", b"x" * 400).expect(200)
    refused = tenant.s3.put(f"/{other}/c", b"x").expect(403, "QuotaExceeded")
    assert f"The quota of the tenant {tenant.name} of 1000 bytes" in refused.text_of("Message")
    tenant.s3.put(f"/{other}/empty", b"").expect(200)

    tenant.s3.put(f"/{one}/copy", headers={"x-amz-copy-source": f"/{other}/b"}).expect(403, "QuotaExceeded")
    upload = start_upload(tenant.s3, f"/{one}/large")
    put_part(tenant.s3, f"/{one}/large", upload, 1, b"x").expect(403, "QuotaExceeded")
    tenant.s3.put(f"/{one}/large", query=[("partNumber", 1), ("uploadId", upload)],
                  headers={"x-amz-copy-source": f"/{other}/b"}).expect(403, "QuotaExceeded")

    tenant.s3.put(f"/{one}/a", b"y" * 600).expect(200)  # takes the old one's place
    tenant.s3.put(f"/{one}/a", b"y" * 601).expect(403, "QuotaExceeded")
    tenant.s3.delete(f"/{other}/b").expect(204)
    tenant.s3.put(f"/{other}/c", b"x" * 400).expect(200)
    assert tenant.shown()["total_size"] == 1000

    set_versioning(tenant.s3, one, "Enabled")
    tenant.s3.put(f"/{one}/a", b"").expect(200)
    tenant.s3.put(f"/{one}/a", b"z").expect(403, "QuotaExceeded")  # older versions count


def test_parts_of_uploads_count_until_they_are_aborted(node):
    tenant = Tenant(node, bytes=2 * SMALLEST_PART)
    bucket = tenant.new_bucket()
    data = random_bytes(SMALLEST_PART)
    upload = start_upload(tenant.s3, f"/{bucket}/large")
    parts = [(number, put_part(tenant.s3, f"/{bucket}/large", upload, number, data).expect(200).etag)
             for number in (1, 2)]
    other = start_upload(tenant.s3, f"/{bucket}/other")
    put_part(tenant.s3, f"/{bucket}/other", other, 1, b"x").expect(403, "QuotaExceeded")
    complete(tenant.s3, f"/{bucket}/large", upload, parts).expect(200)
    tenant.s3.put(f"/{bucket}/more", b"x").expect(403, "QuotaExceeded")
    tenant.s3.delete(f"/{bucket}/large").expect(204)

    put_part(tenant.s3, f"/{bucket}/other", other, 1, data).expect(200)
    put_part(tenant.s3, f"/{bucket}/other", other, 2, data).expect(200)
    tenant.s3.put(f"/{bucket}/more", b"x").expect(403, "QuotaExceeded")
    tenant.s3.delete(f"/{bucket}/other", query=[("uploadId", other)]).expect(204)
    tenant.s3.put(f"/{bucket}/more", b"x").expect(200)


def test_a_body_that_does_not_fit_is_refused_from_its_head(node):
    tenant = Tenant(node, bytes=1000)
    bucket = tenant.new_bucket()
    head, path, _ = tenant.s3.signed_head("PUT", f"/{bucket}/large", headers={"expect": "100-continue"},
                                          payload_hash="UNSIGNED-PAYLOAD")
    connection = http.client.HTTPConnection("127.0.0.1", node.s3_port, timeout=60)
    connection.putrequest("PUT", path, skip_host=True, skip_accept_encoding=True)
    for name, value in {**head, "content-length": str(10 << 20)}.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()  # no byte of the body was sent
    assert answer.status == 403 and b"QuotaExceeded" in answer.read()
    connection.close()


def test_writes_at_once_do_not_pass_the_limit(node):
    tenant = Tenant(node, bytes=100_000)
    bucket = tenant.new_bucket()
    codes = []

    def write(thread):
        for number in range(10):
            codes.append(tenant.s3.put(f"/{bucket}/{thread}-{number}", b"x" * 3_000).status)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(codes) == {200, 403}
    held = tenant.shown()["total_size"]
    assert held == codes.count(200) * 3_000 <= 100_000
    rest = 100_000 - held
    tenant.s3.put(f"/{bucket}/rest", b"x" * rest).expect(200)
    tenant.s3.put(f"/{bucket}/more", b"x").expect(403, "QuotaExceeded")


def test_a_quota_holds_after_a_restart(new_node):
    node = new_node()
    node.start()
    tenant = Tenant(node, bytes=1000, buckets=1)
    bucket = tenant.new_bucket()
    tenant.s3.put(f"/{bucket}/a", b"x" * 990).expect(200)
    node.restart()
    tenant.s3.put(f"/{bucket}/b", b"x" * 11).expect(403, "QuotaExceeded")
    tenant.s3.put(f"/{bucket}/b", b"x" * 10).expect(200)
    tenant.s3.put(f"/tenants-{next(numbers)}").expect(403, "QuotaExceeded")


def test_a_grant_to_a_tenant_lets_all_its_users_in(node, admin):
    one, other = Tenant(node), Tenant(node)
    bucket = one.new_bucket()
    one.s3.put(f"/{bucket}/key", b"data").expect(200)
    owner = one.console(node)
    owner.post(f"/buckets/{bucket}/grants", {"tenant_id": "nowhere", "access": "read"}).expect(400)
    body = {"tenant_id": other.shown()["id"], "access": "read"}
    owner.post(f"/buckets/{bucket}/grants", body).expect(201)
    assert other.s3.get(f"/{bucket}/key").expect(200).body == b"data"
    refused = other.s3.put(f"/{bucket}/key", b"other").expect(403, "AccessDenied")
    assert refused.text_of("Message").startswith(f"This needs write access to the bucket {bucket}")
