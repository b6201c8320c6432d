/** The browser's entry: the connection to the worker, the islands, navigation without leaving the page. */
import { capture, connectLive } from "./islands/live.ts";
import { watchHub } from "./islands/shell/hub_reach.ts";
import { knowsIslands, mountIslands, unmountIslands } from "./islands/shell/islands_of_page.ts";
import { onLaunch } from "./islands/shell/launches.ts";
import { KEPT_PATHS } from "./islands/shell/nav_decision.ts";
import { startNavigation } from "./islands/shell/navigation.ts";
import { shownElsewhere } from "./islands/shell/shown_elsewhere.ts";
import { fetchPageHtml, makePageStore } from "./islands/shell/page_store.ts";
import { connectToasts, showToast } from "./islands/shell/toasts_shown.ts";
import { connectBrokenOff } from "./islands/watch/broken_off.ts";
import { connectPlace } from "./islands/watch/place_choice.ts";
import { installFieldmesh } from "./page/fieldmesh.ts";
import { startFieldmesh } from "./page/start.ts";

const TOLD_FOR_MS = 8_000;

const fieldmesh = startFieldmesh();
installFieldmesh(fieldmesh);
// Before anything is known: the islands then draw exactly what the hub rendered.
mountIslands(document, "hydrate");
// Before the toasts, which leave out what these show.
connectBrokenOff(fieldmesh);
connectPlace(fieldmesh);
connectToasts(fieldmesh, shownElsewhere);
connectLive(fieldmesh);
watchHub();

const pages = makePageStore(fetchPageHtml, (url) => KEPT_PATHS.includes(url.pathname));
const navigation = startNavigation({
  pages,
  mount: (root) => mountIslands(root, "render"),
  unmount: unmountIslands,
  canShow: knowsIslands,
  busy: () => capture.value !== null,
  tell: (text) => showToast({ key: "navigation", tone: "problem", text, lastsMs: TOLD_FOR_MS }),
});
onLaunch(navigation.visit);
fieldmesh.ready.then(
  () => pages.warm(KEPT_PATHS.map((path) => new URL(path, location.href))),
  () => {}, // told by connectLive(); pages are then fetched when they are visited
);
