import { HubError } from "./hub_error.ts";
import type { Handler } from "./state.ts";

export interface Address {
  readonly hostname: string;
  /** 0: any free port. */
  readonly port: number;
  /** What it is for, when that is not plain: for messages. */
  readonly purpose?: string;
  /** PEM; plain HTTP without it. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** Serves. Throws {@link HubError} when the address cannot be had or the certificate not be used. */
export function listen(address: Address, handler: Handler): Deno.HttpServer<Deno.NetAddr> {
  const { hostname, port, tls } = address;
  try {
    return Deno.serve({
      hostname,
      port,
      ...(tls ?? {}),
      automaticCompression: true,
      onListen: () => {}, // the hub tells where it is when all of it is up
      onError: (error) => {
        console.error(`fieldmesh: a request failed: ${error}`);
        return new Response("The hub failed. Its terminal says why.\n", { status: 500 });
      },
    }, handler);
  } catch (error) {
    throw new HubError(explain(address, error), { cause: error });
  }
}

function explain({ hostname, port, purpose }: Address, error: unknown): string {
  const where = `Cannot listen on ${hostname} port ${port}${purpose ? ` (${purpose})` : ""}`;
  if (error instanceof Deno.errors.AddrInUse) {
    return `${where}: another program has that port. End it, or choose another with --port.`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `${where}: this user may not. Choose one from 1024 up with --port.`;
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return `${where}: this machine has no such address. Leave --host out, or give one of its own.`;
  }
  const why = error instanceof Error ? error.message : String(error);
  if (error instanceof Deno.errors.InvalidData) {
    return `Cannot serve HTTPS: ${why}. Check that --cert and --key are PEM files of one pair.`;
  }
  return `${where}: ${why}. Check --host and --port.`;
}
