"use strict";
// Apps put their onLogin here, some of them only when the page is there.
window.matrixLogin = window.matrixLogin || {};
(() => {
  // Relative, as the homeserver may be below a path.
  const login = "../../../client/v3/login";
  const byId = (id) => document.getElementById(id);
  const forms = { "m.login.password": byId("password-form"), "org.matrix.login.jwt": byId("token-form") };
  const credentials = {
    "m.login.password": () => ({
      identifier: { type: "m.id.user", user: byId("username").value.trim() },
      password: byId("password").value,
    }),
    "org.matrix.login.jwt": () => ({ token: byId("token").value.trim() }),
  };
  let busy = false;

  // say replaces what the page says; what is wrong is said as an alert.
  function say(status, error) {
    byId("status").textContent = status;
    byId("error").textContent = error || "";
  }

  // forwarded are the parameters of this page that are meant for the login.
  function forwarded() {
    const given = new URLSearchParams(location.search), body = {};
    for (const name of ["device_id", "initial_device_display_name"]) {
      if (given.get(name)) body[name] = given.get(name);
    }
    if (given.get("refresh_token") === "true") body.refresh_token = true;
    return body;
  }

  // ask returns the body of the answer; its errors are for the user's eyes.
  async function ask(request) {
    let answer, body;
    try {
      answer = await fetch(login, { credentials: "omit", cache: "no-store", ...request });
    } catch {
      throw new Error("The server cannot be reached. Check your connection and try again.");
    }
    try {
      body = await answer.json();
    } catch { /* no JSON says nothing */ }
    if (answer.ok && body) return body;
    if (answer.status === 429) throw new Error("Too many attempts. " + wait(answer, body));
    throw new Error(typeof body?.error === "string" && body.error || "The server answered with status " + answer.status + ".");
  }

  // wait says when the server will listen again.
  function wait(answer, body) {
    const seconds = Math.ceil(body?.retry_after_ms / 1000) || Number(answer.headers.get("Retry-After"));
    if (!(seconds > 0)) return "Try again later.";
    const [count, unit] = seconds < 120 ? [seconds, "second"] : [Math.ceil(seconds / 60), "minute"];
    return "Try again in " + count + " " + unit + (count === 1 ? "." : "s.");
  }

  async function offer() {
    byId("again").hidden = true;
    say("One moment…");
    try {
      const { flows } = await ask();
      const offered = Object.keys(forms).filter((type) => flows?.some((flow) => flow.type === type));
      if (!offered.length) return say("", "This server has no way to sign in on this page.");
      for (const type of offered) forms[type].hidden = false;
      for (const heading of document.querySelectorAll("h2")) heading.hidden = offered.length === 1;
      say("");
      forms[offered[0]].querySelector("input, textarea").focus();
    } catch (err) {
      say("", err.message);
      byId("again").hidden = false;
    }
  }

  async function signIn(type) {
    if (busy) return;
    setBusy(true);
    say("Signing in…");
    try {
      const request = { ...forwarded(), type, ...credentials[type]() };
      const headers = { "Content-Type": "application/json" };
      return await ask({ method: "POST", headers, body: JSON.stringify(request) });
    } catch (err) {
      say("", err.message);
      forms[type].querySelector("[type=password], textarea").select();
    } finally {
      setBusy(false);
    }
  }

  function setBusy(now) {
    busy = now;
    for (const form of Object.values(forms)) form.setAttribute("aria-busy", now);
  }

  function done(answer) {
    for (const form of Object.values(forms)) {
      form.reset();
      form.hidden = true;
    }
    document.title = byId("heading").textContent = "Signed in";
    say("You are signed in. You can close this page.");
    byId("heading").focus();
    if (window.matrixLogin.onLogin) window.matrixLogin.onLogin(answer);
  }

  for (const [type, form] of Object.entries(forms)) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      signIn(type).then((answer) => answer && done(answer));
    });
  }
  byId("again").addEventListener("click", offer);
  offer();
})();
