import assert from "node:assert/strict";
import { FieldError } from "../field/errors.ts";
import { inviteError, lineTrouble, type MemberStatus, standing } from "./member_words.ts";

const STATUS: MemberStatus = {
  state: "member",
  members: 5,
  connected: 2,
  observations: 1204,
  pictures: 380,
  picturesWaiting: 0,
};

Deno.test("standing() says what the hub is and holds", () => {
  assert.equal(
    standing(STATUS),
    "Member of a crew of 5: holds 1,204 observations, 380 pictures.",
  );
  assert.equal(
    standing({ ...STATUS, observations: 1, pictures: 0, picturesWaiting: 1 }),
    "Member of a crew of 5: holds 1 observation, 0 pictures, waits for 1 picture.",
  );
  assert.match(standing({ ...STATUS, state: "joining" }), /waiting for the device that made/);
  assert.match(standing({ ...STATUS, state: "removed" }), /still holds 1,204.*--hub-of/);
});

Deno.test("inviteError() says what to do, and keeps words that it does not know", () => {
  const said = (code: FieldError["code"]) => inviteError(new FieldError(code, "As it is.")).message;
  assert.match(said("invite-expired"), /^--hub-of: .*Make a new one/);
  assert.match(said("already-in-crew"), /--data FOLDER/);
  assert.equal(said("storage-full"), "--hub-of: As it is.");
});

Deno.test("lineTrouble() says where, why and what to do", () => {
  const plain = { isTaken: false, cause: "refused" };
  assert.match(lineTrouble("https://box:8000", plain), /https:\/\/box:8000: refused\..*--lan/);
  assert.doesNotMatch(lineTrouble("http://localhost:8000", plain), /--lan/);
  assert.match(lineTrouble("https://box", { isTaken: true, cause: "" }), /copy of its data folder/);
});
