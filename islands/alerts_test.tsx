import assert from "node:assert/strict";
import { render } from "preact-render-to-string";
import Alerts from "./alerts.tsx";
import type { ShownAlert } from "./alerts/alert_list.ts";
import { alerts } from "./alerts/raised_alerts.ts";

const alarm: ShownAlert = {
  ...{ id: "d1", words: "Person in North.", urgency: "alarm", look: null, silent: false },
};

function htmlOf(...shown: readonly ShownAlert[]): string {
  alerts.value = shown;
  try {
    return render(<Alerts />);
  } finally {
    alerts.value = [];
  }
}

Deno.test("Alerts reads an alarm out at once, and anything less when the reader is free", () => {
  assert.match(
    htmlOf(alarm),
    /aria-live="assertive">Person in North\.<.*aria-live="polite"><\/p>/s,
  );
  const note = htmlOf({ ...alarm, urgency: "note" });
  assert.match(note, /aria-live="assertive"><\/p>.*aria-live="polite">Person in North\.</s);
});

Deno.test("Alerts asks for an answer where this device is to look, and only there", () => {
  const asked = htmlOf({ ...alarm, look: { track: "a:1" } });
  assert.match(asked, /Please look.*Person in North\..*Confirm.*Not there/s);
  assert.doesNotMatch(htmlOf(alarm), /Confirm|Please look/);
});

Deno.test("Alerts says that the browser keeps it silent, with the way out of that", () => {
  assert.match(htmlOf({ ...alarm, silent: true }), /plays no sound.*Turn sound on/s);
  assert.doesNotMatch(htmlOf(alarm), /plays no sound/);
});

Deno.test("Alerts shows nothing where nothing was alerted", () => {
  assert.match(htmlOf(), /<div class="alerts"><\/div>/);
});
