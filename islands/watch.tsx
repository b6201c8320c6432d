import { useEffect } from "preact/hooks";
import { capture } from "./live.ts";
import { choice, choose, recallChoice, start, starting } from "./watch/control.ts";
import Dock from "./watch/dock.tsx";
import InViewAnnouncer from "./watch/in_view_announcer.tsx";
import ScreenHint from "./watch/screen_hint.tsx";
import { startWish } from "./watch/source_choice.ts";
import Stage from "./watch/stage.tsx";

/** The watch: picture, what went wrong, and the controls. */
export default function WatchView() {
  useEffect(() => {
    recallChoice();
    takeUpWish();
  }, []);
  return (
    <>
      <Stage />
      <ScreenHint />
      <Dock />
      <InViewAnnouncer />
    </>
  );
}

/**
 * The installed app's shortcut opens `/?start=…`. In a browser tab, where any link may lead here, the
 * wish only chooses: a page must not turn a camera on by itself.
 */
function takeUpWish(): void {
  const wish = startWish(location.search);
  if (!wish) return;
  history.replaceState(history.state, "", location.pathname);
  if (capture.value || starting.value) return;
  if (wish !== "last") choose(wish);
  if (matchMedia("(display-mode: standalone)").matches) void start(choice.value);
}
