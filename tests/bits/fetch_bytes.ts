/** From the suite's own server: the page's origin, or in Deno the one that it was told. */
export async function fetchBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const origin = Reflect.get(globalThis, "bitsOrigin") ?? location.origin;
  const response = await fetch(new URL(path, String(origin)));
  if (!response.ok) throw new Error(`Cannot read ${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
