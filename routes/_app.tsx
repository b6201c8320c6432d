/** The document around every page: head, title bar with status, navigation, messages. */
import type { ComponentChildren } from "preact";
import Island from "../islands/_island.tsx";
import Icon from "../islands/parts/icon.tsx";
import type { IconName } from "../islands/parts/icon.tsx";
import Mark from "../islands/parts/mark.tsx";
import { GROUND } from "../islands/theme_choice.ts";

export interface AppProps {
  readonly title: string;
  /** The page's URL path. */
  readonly path: string;
  /** Names of the build to URL paths; what is absent is left out. */
  readonly assets: Readonly<Record<string, string>>;
  readonly children?: ComponentChildren;
}

const DESCRIPTION =
  "Turns this device into a field sensor: it sees what comes by, saves it and shares it with your " +
  "crew, with no network.";

const PAGES: readonly {
  readonly href: string;
  readonly name: string;
  readonly icon: IconName;
}[] = [
  { href: "/", name: "Watch", icon: "watch" },
  { href: "/log", name: "Log", icon: "log" },
  { href: "/places", name: "Places", icon: "place" },
  { href: "/records", name: "Records", icon: "records" },
  { href: "/crew", name: "Crew", icon: "crew" },
  { href: "/about", name: "About", icon: "about" },
];

export default function App({ title, path, assets, children }: AppProps) {
  // A device that does not trust the hub yet reads one page, without the app around it.
  const alive = assets["client.js"] !== undefined;
  return (
    <html lang="en" dir="ltr">
      <Head title={title} assets={assets} />
      <body class={alive ? "app" : "app alone"}>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="bar">
          <div class="bar-title">
            <h1 id="page-title">{title}</h1>
            {alive && <Island name="DeviceName" />}
          </div>
          {alive && <Island name="StatusChips" />}
        </header>
        {alive && <Nav path={path} />}
        <div class="page">
          <noscript>
            <p class="message problem">
              Fieldmesh needs JavaScript: it watches and saves in your browser, not on a server.
              Please allow it for this page.
            </p>
          </noscript>
          {alive && <Island name="Notices" />}
          <main id="main" class={pageClass(path)} tabIndex={-1}>{children}</main>
        </div>
        {alive && <Island name="Alerts" />}
        {alive && <Island name="Toasts" />}
        <p id="announcer" class="hidden" aria-live="polite" />
      </body>
    </html>
  );
}

function Head({ title, assets }: Pick<AppProps, "title" | "assets">) {
  const { "style.css": style, "theme.js": theme, "client.js": client } = assets;
  return (
    <head>
      <meta charset="utf-8" />
      <title>{`${title} · Fieldmesh`}</title>
      <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
      <meta name="description" content={DESCRIPTION} />
      <meta name="theme-color" content={GROUND.dusk} />
      <meta name="color-scheme" content="dark light" />
      {theme && <script src={theme} />}
      {style && <link rel="stylesheet" href={style} />}
      {client && <script type="module" src={client} />}
      <link rel="manifest" href="/manifest.webmanifest" />
      <link rel="icon" href="/icons/favicon.svg" type="image/svg+xml" />
      <link rel="icon" href="/icons/icon-192.png" sizes="192x192" type="image/png" />
      <link rel="apple-touch-icon" href="/icons/apple-touch-icon.png" />
      <meta name="mobile-web-app-capable" content="yes" />
      <meta name="apple-mobile-web-app-capable" content="yes" />
      <meta name="apple-mobile-web-app-title" content="Fieldmesh" />
      <meta name="apple-mobile-web-app-status-bar-style" content="default" />
      <meta name="format-detection" content="telephone=no" />
    </head>
  );
}

function Nav({ path }: { readonly path: string }) {
  return (
    <nav id="nav" class="nav" aria-label="Pages">
      <Mark />
      {PAGES.map(({ href, name, icon }) => (
        <a key={href} href={href} aria-current={href === path ? "page" : undefined}>
          <Icon name={icon} />
          {name}
        </a>
      ))}
    </nav>
  );
}

/** `/log` is styled as `page-log`. */
function pageClass(path: string): string {
  return `page-${path.slice(1) || "watch"}`;
}
