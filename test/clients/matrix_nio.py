"""Sessions by matrix-nio, a library of bots, as Debian packages it.

    python3 matrix_nio.py http://127.0.0.1:8008 JWT

It calls the r0 paths, and sends the access token in the query.
"""

import asyncio
import json
import secrets
import sys
import traceback
from contextlib import AsyncExitStack, contextmanager

import nio
from nio.responses import WhoamiResponse

BASE, JWT = sys.argv[1:]
USER, PASSWORD = f"nio-{secrets.token_hex(4)}", "correct hörse battery"
# A request that was limited is an error, and not repeated.
ONCE = nio.AsyncClientConfig(max_limit_exceeded=0, max_timeouts=0)


@contextmanager
def step(what):
    print(f"nio: {what} … ", end="", flush=True)
    try:
        yield
    except BaseException:
        print("FAILED")
        raise
    print("ok")


async def by_jwt(client):
    alice = client()
    with step("JWT is among the login types"):
        answer = expect(nio.LoginInfoResponse, await alice.login_info())
        assert "org.matrix.login.jwt" in answer.flows, answer.flows
    with step("login by JWT"):
        request = {"type": "org.matrix.login.jwt", "token": JWT, "device_id": "JWT"}
        expect(nio.LoginResponse, await alice.login_raw(request))
        assert alice.device_id == "JWT", alice.device_id
    await whoami(alice)
    await logout(alice)


async def by_registering(client):
    robot = client("REGISTERED")
    with step("register through UIA"):
        expect(nio.RegisterResponse, await robot.register(USER, PASSWORD, "Registered"))
    await whoami(robot)
    await logout(robot)


async def by_password(client):
    robot = client("PASSWORD")
    with step("a wrong password is refused"):
        refused("M_FORBIDDEN", await robot.login("wrong"))
    with step("login by password"):
        await log_in(robot)
    await whoami(robot)
    await logout(robot)


async def devices(client):
    laptop, phone = client("LAPTOP"), client("PHONE")
    with step("login on two devices"):
        await log_in(laptop)
        await log_in(phone)
    with step("list devices"):
        assert await names(laptop) == {"LAPTOP": "LAPTOP", "PHONE": "PHONE"}
    with step("rename a device"):
        changed = await laptop.update_device("PHONE", {"display_name": "Robot's phone ☎"})
        expect(nio.UpdateDeviceResponse, changed)
        assert await names(laptop) == {"LAPTOP": "LAPTOP", "PHONE": "Robot's phone ☎"}
    with step("delete a device through UIA, with the second password"):
        challenge = expect(nio.DeleteDevicesAuthResponse, await laptop.delete_devices(["PHONE"]))
        for password, want in ("wrong", nio.DeleteDevicesAuthResponse), (PASSWORD, nio.DeleteDevicesResponse):
            expect(want, await laptop.delete_devices(["PHONE"], proof(challenge.session, password)))
        assert await names(laptop) == {"LAPTOP": "LAPTOP"}
    with step("its token is unknown afterwards"):
        refused("M_UNKNOWN_TOKEN", await phone.whoami())
    await logout(laptop)


async def by_login_token(client):
    old, new = client("OLD"), client("NEW")
    with step("login by password"):
        await log_in(old)
    with step("get a login token through UIA"):
        challenge = await get_token(old, 401)
        answer = await get_token(old, 200, proof(challenge["session"], PASSWORD))
    with step("login by login token"):
        expect(nio.LoginResponse, await new.login(token=answer["login_token"], device_name="NEW"))
    await whoami(new)
    await logout(new, everywhere=True)
    with step("the other device's token is unknown, too"):
        refused("M_UNKNOWN_TOKEN", await old.whoami())


async def log_in(client):
    expect(nio.LoginResponse, await client.login(PASSWORD, device_name=client.device_id))
    assert client.user_id.startswith(f"@{USER}:"), client.user_id


async def whoami(client):
    with step("whoami"):
        answer = expect(WhoamiResponse, await client.whoami())
        assert answer.user_id == client.user_id, answer


async def logout(client, everywhere=False):
    token = client.access_token
    with step("logout of all devices" if everywhere else "logout"):
        expect(nio.LogoutResponse, await client.logout(all_devices=everywhere))
    with step("the token is unknown afterwards"):
        client.access_token = token
        refused("M_UNKNOWN_TOKEN", await client.whoami())


async def names(client):
    answer = expect(nio.DevicesResponse, await client.devices())
    return {device.id: device.display_name for device in answer.devices}


async def get_token(client, status, auth=None):
    """POST /login/get_token, which the library has no method for."""
    path = f"/_matrix/client/v1/login/get_token?access_token={client.access_token}"
    response = await client.send("POST", path, json.dumps({"auth": auth} if auth else {}))
    body = await response.json()
    assert response.status == status, (response.status, body)
    return body


def proof(session, password):
    """The password stage, with the user in its old place."""
    return {"type": "m.login.password", "session": session, "user": USER, "password": password}


def expect(kind, answer):
    assert isinstance(answer, kind), answer
    return answer


def refused(errcode, answer):
    assert isinstance(answer, nio.ErrorResponse) and answer.status_code == errcode, answer


async def run(scenario):
    """Runs a scenario with a function that makes a client for a device."""
    async with AsyncExitStack() as stack:

        def client(device=""):
            made = nio.AsyncClient(BASE, USER, device, config=ONCE)
            stack.push_async_callback(made.close)
            return made

        await scenario(client)


async def main():
    failed = False
    for scenario in by_jwt, by_registering, by_password, devices, by_login_token:
        try:
            await run(scenario)
        except Exception:
            traceback.print_exc(file=sys.stdout)
            failed = True
    return failed


sys.exit(asyncio.run(main()))
