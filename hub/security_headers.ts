import type { Context, MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";

const SELF = ["self"];
const NOBODY: string[] = [];

/**
 * The same strict headers on every response. Everything comes from this origin; pictures and films
 * may also be made in the page (`blob:`, `data:`), WebAssembly may be compiled.
 */
export function securityHeaders(): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "blob:", "data:"],
      mediaSrc: ["'self'", "blob:"],
      connectSrc: ["'self'", ownWebSocket],
      workerSrc: ["'self'"],
      manifestSrc: ["'self'"],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    // Cross-origin isolation: nothing foreign is embedded, so it costs nothing.
    crossOriginOpenerPolicy: "same-origin",
    crossOriginEmbedderPolicy: "require-corp",
    crossOriginResourcePolicy: "same-origin",
    referrerPolicy: "no-referrer",
    xFrameOptions: "DENY",
    permissionsPolicy: {
      camera: SELF,
      microphone: SELF,
      geolocation: SELF,
      accelerometer: SELF,
      gyroscope: SELF,
      magnetometer: SELF,
      screenWakeLock: SELF,
      displayCapture: NOBODY,
      hid: NOBODY,
      idleDetection: NOBODY,
      localFonts: NOBODY,
      midi: NOBODY,
      payment: NOBODY,
      serial: NOBODY,
      usb: NOBODY,
      xrSpatialTracking: NOBODY,
    },
    // A hub changes between HTTP and HTTPS, and others may live on its host: no browser must be
    // told to insist on HTTPS for half a year.
    strictTransportSecurity: false,
    // Cross-origin isolation brings a process of its own already.
    originAgentCluster: false,
    // For browsers that are long gone.
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
}

/** `'self'` did not cover WebSockets before CSP 3 (Safari 15.3 and older), so it is named too. */
function ownWebSocket(c: Context): string {
  const { protocol, host } = new URL(c.req.url);
  // The Host header is the client's: what is no plain host must not write into the policy.
  if (!/^[a-z0-9.:[\]-]+$/.test(host)) return "'self'";
  return `${protocol === "https:" ? "wss" : "ws"}://${host}`;
}
