# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, keys, sessions, grants and tenants of a cluster: what one node changes is in force at every other."""

import itertools
import time

import pytest

from cluster import Cluster
from console_client import ConsoleClient
from node import poll
from sigv4_raw import RawClient, Signer

PASSWORD = "a-password-of-the-test"
numbers = itertools.count(1)


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("identities"), 3)
    cluster.start()
    yield cluster
    cluster.kill()


def everywhere(cluster, what, condition, seconds=60):
    """Waits until condition(node) holds at every node; prints how long the slowest took."""
    began = time.monotonic()
    for node in cluster:
        poll(lambda: condition(node), f"{what} at {node.folder.name}", seconds)
    print(f"{what}: everywhere after {(time.monotonic() - began) * 1000:.0f} ms")


def add_user(node, roles=("user",), **more):
    name = f"user-{next(numbers)}"
    body = {"username": name, "password": PASSWORD, "roles": list(roles), **more}
    return ConsoleClient(node).post("/users", body).expect(201).data


def login_status(node, user, password=PASSWORD):
    body = {"username": user["username"], "password": password}
    return ConsoleClient(node).send("POST", "/auth/login", body).status


def signed_in(node, user):
    return ConsoleClient(node, user["username"], PASSWORD).sign_in()


def with_token(node, token):
    """The console of the node, with a token that another node made."""
    client = ConsoleClient(node)
    client.token = token
    return client


def me_status(node, token):
    return with_token(node, token).send("GET", "/auth/me").status


def add_key(node, user):
    return ConsoleClient(node).post(f"/users/{user['id']}/access-keys").expect(201).data


def s3_client(node, key):
    return RawClient(node.s3_port, Signer(key["id"], key["secret"]))


def lists_buckets(node, key):
    return s3_client(node, key).get("/").status == 200


def new_bucket(node, key):
    name = f"identities-{next(numbers)}"
    s3_client(node, key).put("/" + name).expect(200)
    return name


def add_tenant(node, **quota):
    return ConsoleClient(node).post("/tenants", {"name": f"tenant-{next(numbers)}", "quota": quota}).expect(201).data


@pytest.mark.parametrize("maker", range(3))
def test_a_user_made_on_one_node_logs_in_on_all(three, maker):
    user = add_user(three[maker])
    everywhere(three, "login", lambda node: login_status(node, user) == 200)
    for node in three:
        assert login_status(node, user, "another-password") == 401


def test_what_was_made_on_one_node_is_there_after_a_restart_of_another(three):
    user, key = add_user(three[0]), None
    key = add_key(three[0], user)
    token = signed_in(three[0], user).token
    three[2].restart()
    assert login_status(three[2], user) == 200
    assert lists_buckets(three[2], key)
    assert me_status(three[2], token) == 200


def test_what_was_made_while_a_node_was_away_is_there_when_it_serves_again(three):
    old = add_user(three[1])
    old_key = add_key(three[1], old)
    three[2].stop()
    new = add_user(three[0])
    new_key = add_key(three[0], new)
    ConsoleClient(three[1]).delete("/users/" + old["id"]).expect(200)
    three[2].start()
    assert login_status(three[2], new) == 200
    assert lists_buckets(three[2], new_key)
    assert login_status(three[2], old) == 401
    s3_client(three[2], old_key).get("/").expect(403, "InvalidAccessKeyId")
    three.wait_until_healthy()


def test_access_keys_and_temporary_keys_sign_at_every_node(three):
    user = add_user(three[0])
    key = add_key(three[1], user)
    temporary = signed_in(three[2], user).post("/auth/s3-credentials").expect(201).data
    temporary = {"id": temporary["access_key_id"], "secret": temporary["secret_access_key"]}
    for each in (key, temporary):
        everywhere(three, "signature", lambda node: lists_buckets(node, each))
    bucket = new_bucket(three[0], key)
    for node in three:
        for each in (key, temporary):
            s3_client(node, each).put(f"/{bucket}/key", b"data").expect(200)

    ConsoleClient(three[2]).delete(f"/users/{user['id']}/access-keys/{key['id']}").expect(200)
    everywhere(three, "refusal of a deleted key", lambda node: not lists_buckets(node, key))
    for node in three:
        s3_client(node, key).get("/").expect(403, "InvalidAccessKeyId")
        assert lists_buckets(node, temporary)


def test_a_session_goes_on_at_every_node_and_ends_at_all(three):
    user = add_user(three[0])
    answer = ConsoleClient(three[0]).send("POST", "/auth/login",
                                          {"username": user["username"], "password": PASSWORD}).expect(200).data
    temporary = with_token(three[0], answer["token"]).send("POST", "/auth/s3-credentials").expect(201).data
    temporary = {"id": temporary["access_key_id"], "secret": temporary["secret_access_key"]}
    everywhere(three, "session", lambda node: me_status(node, answer["token"]) == 200)
    for node in (three[1], three[2], three[0]):
        poll(lambda: me_status(node, answer["token"]) == 200, "the newest token is known")
        body = {"refresh_token": answer["refresh_token"]}
        answer = ConsoleClient(node).send("POST", "/auth/refresh", body).expect(200).data
    everywhere(three, "refreshed session", lambda node: me_status(node, answer["token"]) == 200)

    with_token(three[1], answer["token"]).send("POST", "/auth/logout").expect(200)
    everywhere(three, "sign out", lambda node: me_status(node, answer["token"]) == 401)
    everywhere(three, "end of the session's key", lambda node: not lists_buckets(node, temporary))


def test_a_deleted_user_is_refused_everywhere(three):
    user = add_user(three[0])
    key = add_key(three[0], user)
    token = signed_in(three[0], user).token
    everywhere(three, "session", lambda node: me_status(node, token) == 200)
    everywhere(three, "key", lambda node: lists_buckets(node, key))

    ConsoleClient(three[1]).delete("/users/" + user["id"]).expect(200)

    everywhere(three, "refusal of the user", lambda node: login_status(node, user) == 401)
    everywhere(three, "end of the session", lambda node: me_status(node, token) == 401)
    everywhere(three, "refusal of the key", lambda node: not lists_buckets(node, key))
    for node in three:
        s3_client(node, key).get("/").expect(403, "InvalidAccessKeyId")
        ConsoleClient(node).get("/users/" + user["id"]).expect(404, "NoSuchUser")


def test_a_changed_password_counts_everywhere_and_ends_sessions(three):
    user = add_user(three[0])
    token = signed_in(three[2], user).token
    ConsoleClient(three[1]).put("/users/" + user["id"], {"password": "a-new-password-1"}).expect(200)

    everywhere(three, "new password", lambda node: login_status(node, user, "a-new-password-1") == 200)
    for node in three:
        assert login_status(node, user) == 401
    everywhere(three, "end of the session", lambda node: me_status(node, token) == 401)


def test_a_role_and_a_status_count_everywhere(three):
    user = add_user(three[0])
    key = add_key(three[0], user)
    token = signed_in(three[0], user).token

    def settings_status(node):
        return with_token(node, token).send("GET", "/settings").status

    everywhere(three, "refusal", lambda node: settings_status(node) == 403)
    ConsoleClient(three[1]).put("/users/" + user["id"], {"roles": ["readonly"]}).expect(200)
    everywhere(three, "new role", lambda node: settings_status(node) == 200)

    ConsoleClient(three[2]).put("/users/" + user["id"], {"status": "disabled"}).expect(200)
    everywhere(three, "refusal of the disabled user", lambda node: login_status(node, user) == 401)
    everywhere(three, "refusal of the key", lambda node: not lists_buckets(node, key))
    ConsoleClient(three[0]).put("/users/" + user["id"], {"status": "active"}).expect(200)
    everywhere(three, "enabled user", lambda node: login_status(node, user) == 200)


def test_a_grant_counts_everywhere(three):
    owner, guest = add_user(three[0]), add_user(three[0])
    owner_key, guest_key = add_key(three[0], owner), add_key(three[0], guest)
    bucket = new_bucket(three[1], owner_key)
    s3_client(three[1], owner_key).put(f"/{bucket}/key", b"data").expect(200)
    for node in three:
        s3_client(node, guest_key).get(f"/{bucket}/key").expect(403, "AccessDenied")

    body = {"user_id": guest["id"], "access": "read"}
    grant = signed_in(three[2], owner).post(f"/buckets/{bucket}/grants", body).expect(201).data
    everywhere(three, "grant", lambda node: s3_client(node, guest_key).get(f"/{bucket}/key").status == 200)
    signed_in(three[0], owner).delete(f"/buckets/{bucket}/grants/{grant['id']}").expect(200)
    everywhere(three, "end of the grant", lambda node: s3_client(node, guest_key).get(f"/{bucket}/key").status == 403)


def test_a_tenants_quotas_hold_through_every_node(three):
    tenant = add_tenant(three[0], bytes=1000, buckets=2, access_keys=1)
    user = add_user(three[1], tenant_id=tenant["id"])
    key = add_key(three[2], user)
    everywhere(three, "key", lambda node: lists_buckets(node, key))
    for node in three:
        ConsoleClient(node).post(f"/users/{user['id']}/access-keys").expect(409, "LimitReached")
    bucket, other = new_bucket(three[0], key), new_bucket(three[1], key)
    for node in three:
        refused = s3_client(node, key).put(f"/identities-{next(numbers)}").expect(403, "QuotaExceeded")
        assert f"The quota of the tenant {tenant['name']} of 2 buckets" in refused.text_of("Message")

    s3_client(three[2], key).put(f"/{bucket}/a", b"x" * 900).expect(200)
    for node in three:
        s3_client(node, key).put(f"/{bucket}/b", b"x" * 101).expect(403, "QuotaExceeded")

    ConsoleClient(three[2]).put("/tenants/" + tenant["id"], {"quota": {"bytes": 2000}}).expect(200)
    everywhere(three, "new quota",
               lambda node: s3_client(node, key).put(f"/{bucket}/b", b"x" * 101).status == 200)
    s3_client(three[0], key).delete(f"/{bucket}/b").expect(204)


def test_a_quota_of_bytes_counts_what_other_nodes_hold(three):
    tenant = add_tenant(three[0], bytes=1000)
    user = add_user(three[0], tenant_id=tenant["id"])
    key = add_key(three[0], user)
    first, second = new_bucket(three[0], key), new_bucket(three[1], key)

    def held(node):
        shown = ConsoleClient(node).get("/tenants/" + tenant["id"]).expect(200).data
        return shown["total_size"], shown["object_count"]

    s3_client(three[0], key).put(f"/{first}/a", b"x" * 900).expect(200)
    everywhere(three, "what the tenant holds", lambda node: held(node) == (900, 1))
    for node in three:
        refused = s3_client(node, key).put(f"/{second}/b", b"x" * 101).expect(403, "QuotaExceeded")
        assert f"The quota of the tenant {tenant['name']} of 1000 bytes" in refused.text_of("Message")
    s3_client(three[2], key).put(f"/{second}/b", b"x" * 100).expect(200)
    everywhere(three, "what the tenant holds", lambda node: held(node) == (1000, 2))
    for node in three:
        s3_client(node, key).put(f"/{first}/c", b"x").expect(403, "QuotaExceeded")
    s3_client(three[1], key).delete(f"/{first}/a").expect(204)
    everywhere(three, "what the tenant holds", lambda node: held(node) == (100, 1))
    s3_client(three[0], key).put(f"/{second}/c", b"x" * 900).expect(200)


def test_a_disabled_tenant_is_refused_everywhere(three):
    tenant = add_tenant(three[0])
    user = add_user(three[0], tenant_id=tenant["id"])
    key = add_key(three[0], user)
    token = signed_in(three[0], user).token
    everywhere(three, "session", lambda node: me_status(node, token) == 200)
    ConsoleClient(three[1]).put("/tenants/" + tenant["id"], {"status": "disabled"}).expect(200)
    everywhere(three, "refusal of the session", lambda node: me_status(node, token) == 401)
    everywhere(three, "refusal of the key", lambda node: not lists_buckets(node, key))
    everywhere(three, "refusal of the password", lambda node: login_status(node, user) == 403)
    ConsoleClient(three[2]).put("/tenants/" + tenant["id"], {"status": "active"}).expect(200)
    everywhere(three, "session", lambda node: me_status(node, token) == 200)
