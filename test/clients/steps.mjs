// What a client program prints: one line for every step, and what went wrong.
import assert from "node:assert/strict";

// program returns a function step(what, action) that prints a line and returns
// what the action returns.
export function program(name) {
  return async (what, action) => {
    process.stdout.write(`${name}: ${what} … `);
    try {
      const result = await action();
      console.log("ok");
      return result;
    } catch (err) {
      console.log("FAILED");
      throw err;
    }
  };
}

// run runs scenarios one after another. One that fails keeps no other from
// running, but makes the program fail.
export async function run(...scenarios) {
  for (const scenario of scenarios) {
    try {
      await scenario();
    } catch (err) {
      console.log(err.stack.replaceAll(/\n +at .*(node_modules|node:).*/g, ""));
      process.exitCode = 1;
    }
  }
}

// refused demands that the server refuses a request with an error code.
export function refused(request, errcode) {
  return assert.rejects(request, (err) => {
    assert.equal(err.errcode, errcode, err.stack);
    return true;
  });
}
