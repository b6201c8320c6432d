/**
 * Whether a request comes from the hub's own pages, or from no page at all.
 *
 * WebSockets are not bound by the same-origin policy: without this check any site that someone on
 * this machine or network visits could talk to `/signal` in their name. Programs other than browsers
 * send no Origin; they could forge one, so refusing them would protect nobody.
 */
export function isOwnOrigin(request: Request): boolean {
  const origin = request.headers.get("Origin");
  if (origin === null) return true;
  // Hosts are compared, not schemes: a proxy in front of the hub may speak TLS.
  return URL.canParse(origin) && new URL(origin).host === new URL(request.url).host;
}
