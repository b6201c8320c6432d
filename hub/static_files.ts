import { extname, join } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".gif": "image/gif",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".mp4": "video/mp4",
  ".onnx": "application/octet-stream",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webm": "video/webm",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};
/** Scripts that make static files lie beside them. */
const NOT_SERVED = new Set([".ts", ".tsx"]);

/** The build puts a content hash into a name (esbuild's, or hex): such a file never changes. */
const HASHED = /-(?:[A-Z2-7]{8}|[0-9a-f]{8,64})\.\w+$/;

/**
 * The file in `root` that a URL path names; null when it names none that may be served: a path with
 * `..`, a hidden or empty part, a backslash, a drive or a NUL in any encoding.
 */
export function filePath(root: string, urlPath: string): string | null {
  const path = decode(urlPath);
  if (path === null || !path.startsWith("/")) return null;
  const parts = path.slice(1).split("/");
  // deno-lint-ignore no-control-regex -- NUL ends paths in the system's calls
  if (parts.some((part) => part === "" || part.startsWith(".") || /[\\:\x00]/.test(part))) {
    return null;
  }
  return NOT_SERVED.has(extname(path)) ? null : join(root, ...parts);
}

function decode(urlPath: string): string | null {
  try {
    return decodeURIComponent(urlPath);
  } catch {
    // Not percent-encoded UTF-8: it names nothing.
    return null;
  }
}

/** The file as a response to GET or HEAD; null when `root` has no such file. */
export async function serveFile(root: string, request: Request): Promise<Response | null> {
  const urlPath = new URL(request.url).pathname;
  const path = filePath(root, urlPath);
  const file = path && await openFile(path);
  if (!file) return null;
  const headers = headersFor(urlPath, file.info);
  const known = request.headers.get("If-None-Match") === headers.get("ETag");
  if (known || request.method === "HEAD") {
    file.handle.close();
    return new Response(null, { status: known ? 304 : 200, headers });
  }
  return new Response(file.handle.readable, { headers });
}

interface OpenFile {
  readonly handle: Deno.FsFile;
  readonly info: Deno.FileInfo;
}

async function openFile(path: string): Promise<OpenFile | null> {
  const handle = await openIfThere(path);
  if (!handle) return null;
  const info = await handle.stat();
  if (info.isFile) return { handle, info };
  handle.close();
  return null;
}

async function openIfThere(path: string): Promise<Deno.FsFile | null> {
  try {
    return await Deno.open(path);
  } catch (error) {
    const { NotFound, NotADirectory, IsADirectory } = Deno.errors;
    const absent = [NotFound, NotADirectory, IsADirectory].some((kind) => error instanceof kind);
    if (absent) return null;
    throw error;
  }
}

function headersFor(urlPath: string, info: Deno.FileInfo): Headers {
  const changed = info.mtime?.getTime() ?? 0;
  return new Headers({
    "Content-Type": TYPES[extname(urlPath)] ?? "application/octet-stream",
    "Cache-Control": HASHED.test(urlPath) ? "public, max-age=31536000, immutable" : "no-cache",
    // Weak: the server may compress, which changes the bytes and not the file.
    "ETag": `W/"${info.size.toString(36)}-${changed.toString(36)}"`,
  });
}
