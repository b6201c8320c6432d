/**
 * Composes the hub's routes on Hono, after Fresh's conventions: a page module exports its component
 * as `default` and its `title`; `_app.tsx` is the shell around every page, the whole document from
 * `<html>` on:
 *
 *   App({ title, path, assets, children })
 *
 * `path` is the page's URL path. `assets` maps names of the build to URL paths (`style.css`,
 * `client.js`, `theme.js`). A name may be absent, then its tag is left out: a device that does not
 * trust the hub yet gets `/trust` over plain HTTP without `client.js`, which needs a secure origin.
 */
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { etag } from "hono/etag";
import { type ComponentChildren, type ComponentType, h } from "preact";
import { renderToString } from "preact-render-to-string";
import { NOT_BUILT, readBuildInfo } from "../hub/build_info.ts";
import type { Handler, HubState } from "../hub/state.ts";
import { serveFile } from "../hub/static_files.ts";
import * as notFound from "./_404.tsx";
import App from "./_app.tsx";
import { type HubEnv, middleware } from "./_middleware.ts";
import * as about from "./about.tsx";
import * as apiHub from "./api/hub.ts";
import * as crew from "./crew.tsx";
import * as devEvents from "./dev_events.ts";
import * as healthz from "./healthz.ts";
import * as watch from "./index.tsx";
import * as log from "./log.tsx";
import * as places from "./places.tsx";
import * as records from "./records.tsx";
import * as relay from "./relay.ts";
import * as share from "./share.ts";
import * as signal from "./signal.ts";
import * as swarm from "./swarm.tsx";
import * as trust from "./trust.tsx";

type Assets = Readonly<Record<string, string>>;

interface Page {
  readonly default: ComponentType;
  readonly title: string;
}

/** Pages that say the same to everyone; the service worker keeps them. */
const PAGES: ReadonlyMap<string, Page> = new Map<string, Page>([
  ["/", watch],
  ["/log", log],
  ["/places", places],
  ["/records", records],
  ["/crew", crew],
  ["/about", about],
  ["/swarm", swarm],
]);
export const PAGE_PATHS: readonly string[] = [...PAGES.keys()];

/** The document of one of {@link PAGE_PATHS}, the same bytes at every call; null for other paths. */
export function renderPage(path: string, assets: Assets): string | null {
  const page = PAGES.get(path);
  return page ? renderDocument({ title: page.title, path, assets }, h(page.default, null)) : null;
}

function renderDocument(
  props: { readonly title: string; readonly path: string; readonly assets: Assets },
  children: ComponentChildren,
): string {
  return `<!doctype html>\n${renderToString(h(App, props, children))}`;
}

/** Everything that the hub serves. */
export function createApp(hub: HubState): Handler {
  const app = newApp(hub);
  app.get("/healthz", healthz.handler);
  app.get("/api/hub", apiHub.handler);
  app.get("/signal/peerjs", signal.connect);
  app.get("/signal/:key/id", signal.newId);
  app.get("/relay", relay.connect);
  app.all("/share", share.handler);
  if (hub.dev) app.get("/dev/events", devEvents.handler);
  for (const path of PAGES.keys()) {
    app.get(path, revalidated, page((assets) => renderPage(path, assets)));
  }
  addTrust(app);
  for (const path of ["/sw.js", "/sw.js.map", "/assets/*", "/models/*"]) app.get(path, fromDist);
  app.get("*", fromStatic);
  return fetchOf(app);
}

/** What a device may have over plain HTTP: how to trust, in the app's looks. The rest is redirected. */
export function createTrustApp(hub: HubState): Handler {
  const app = newApp(hub);
  addTrust(app);
  app.get("/assets/*", fromDist);
  for (const path of ["/icons/*", "/manifest.webmanifest"]) app.get(path, fromStatic);
  app.all("*", (c) => c.redirect(secureUrl(c), 307));
  return fetchOf(app);
}

function newApp(hub: HubState): Hono<HubEnv> {
  const app = new Hono<HubEnv>();
  app.use(...middleware(hub));
  app.notFound(nothingHere);
  app.onError((error, c) => {
    console.error(`fieldmesh: ${c.req.method} ${c.req.path} failed: ${error}`);
    return c.text("The hub failed. Its terminal says why.\n", 500);
  });
  return app;
}

/** A page for people, a line for programs. */
async function nothingHere(c: Context<HubEnv>): Promise<Response> {
  const isPerson = c.req.header("Accept")?.includes("text/html") ?? false;
  const build = isPerson ? await readBuildInfo(c.var.hub.dist) : null;
  if (!build) return c.text("There is nothing here\n", 404);
  const shell = { title: notFound.title, path: "/404", assets: build.assets };
  return c.html(renderDocument(shell, h(notFound.default, null)), 404);
}

/** Deno tells the server's handler who asks; tests that call it themselves need not. */
function fetchOf(app: Hono<HubEnv>): Handler {
  return (request: Request, info?: Deno.ServeHandlerInfo<Deno.NetAddr>) =>
    app.fetch(request, { address: info?.remoteAddr.hostname ?? null });
}

function addTrust(app: Hono<HubEnv>): void {
  app.get("/trust", revalidated, (c) => page((assets) => renderTrust(c, assets))(c));
  app.get(trust.CERTIFICATE_PATH, certificate);
}

function renderTrust(c: Context<HubEnv>, assets: Assets): string {
  const { authority, httpsPort } = c.var.hub;
  const { "client.js": _needsSecureOrigin, ...plainAssets } = assets;
  const props: trust.TrustProps = {
    trust: authority && {
      fingerprint: authority.fingerprint,
      notAfter: authority.notAfter,
      appUrl: secureUrl(c, "/"),
    },
  };
  return renderDocument({
    title: trust.title,
    path: "/trust",
    assets: httpsPort === null ? assets : plainAssets,
  }, h(trust.default, props));
}

/** The same address on the HTTPS side. */
function secureUrl(c: Context<HubEnv>, path?: string): string {
  const url = new URL(path ?? c.req.url, c.req.url);
  const port = c.var.hub.httpsPort;
  if (port === null) return url.href;
  url.protocol = "https:";
  url.port = String(port);
  return url.href;
}

function certificate(c: Context<HubEnv>): Response | Promise<Response> {
  const { authority } = c.var.hub;
  if (!authority) return c.notFound();
  // The type at which iOS offers to install a profile, and Android a certificate.
  return c.body(authority.certificate, 200, {
    "Content-Type": "application/x-x509-ca-cert",
    "Cache-Control": "no-store",
  });
}

const revalidated: MiddlewareHandler<HubEnv> = etag({ weak: true });

function page(render: (assets: Assets) => string | null) {
  return async (c: Context<HubEnv>): Promise<Response> => {
    const build = await readBuildInfo(c.var.hub.dist);
    if (!build) return c.text(`${NOT_BUILT}\n`, 503);
    const html = render(build.assets);
    if (html === null) return c.notFound();
    c.header("Cache-Control", "no-cache");
    return c.html(html);
  };
}

async function fromDist(c: Context<HubEnv>): Promise<Response> {
  const response = await serveFile(c.var.hub.dist, c.req.raw);
  if (!response) return c.notFound();
  if (c.req.path === "/sw.js") response.headers.set("Service-Worker-Allowed", "/");
  return response;
}

async function fromStatic(c: Context<HubEnv>): Promise<Response> {
  return await serveFile(c.var.hub.statics, c.req.raw) ?? c.notFound();
}
