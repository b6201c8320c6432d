import { parseArgs } from "node:util";
import { HubError } from "./hub_error.ts";
import { type GivenInvite, hubOrigin, parseGivenInvite } from "./member_address.ts";

export interface Flags {
  /** 0: any free port. */
  readonly port: number;
  /** Null: localhost, or every address with `lan`. */
  readonly host: string | null;
  /** The folder that the hub may write to. */
  readonly data: string;
  /** HTTPS for the local network, by an authority of its own unless `tls` is given. */
  readonly lan: boolean;
  /** PEM files of one's own. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** The invite into the crew that the hub is to join; null: it goes on as what it is. */
  readonly hubOf: GivenInvite | null;
  /** Origins of further hubs whose relays it is to use as a member. */
  readonly peerHubs: readonly string[];
  /** What it is called in its crew. */
  readonly name: string | null;
  /** Tells pages to reload when the build changes. */
  readonly dev: boolean;
  readonly help: boolean;
}

export const HELP = `Fieldmesh hub: serves the app and lets devices find each other.

  deno task start [options]

  --port NUMBER     port to listen on (8000; 0 takes any free one)
  --host NAME       name or address to listen on (localhost; with --lan every address)
  --data FOLDER     where the hub keeps what it must remember (data)
  --lan             serve phones on this network over HTTPS; prints a QR code
  --cert FILE       your own certificate (PEM), with --key: serve HTTPS with it
  --key FILE        the private key of --cert (PEM)
  --hub-of INVITE   join a crew, by the link or code of an invite: the hub then keeps a copy of
                    everything, for devices that are never there together. Needed once
  --peer-hub URL    meet the crew at this hub too (may be given again)
  --name NAME       what the hub is called in its crew ("Hub" and this machine's name)
  --dev             tell pages to reload when the app is rebuilt
  --help            this text`;

const MAX_PORT = 65535;
/** What other devices show of a name. */
export const MAX_NAME_LENGTH = 40;

/** Reads the command line. Throws {@link HubError} naming the flag that is wrong and what it takes. */
export function parseFlags(args: readonly string[]): Flags {
  const values = parse(args);
  const lan = values.lan === true;
  return {
    port: parsePort(values.port ?? "8000", lan),
    host: values.host === undefined ? null : notEmpty("--host", values.host),
    data: notEmpty("--data", values.data ?? "data"),
    lan,
    tls: parseTls(values.cert, values.key),
    hubOf: values["hub-of"] === undefined ? null : parseGivenInvite("--hub-of", values["hub-of"]),
    peerHubs: [...new Set(values["peer-hub"]?.map((url) => hubOrigin("--peer-hub", url)))],
    name: values.name === undefined ? null : parseName(values.name),
    dev: values.dev === true,
    help: values.help === true,
  };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const toggle = { type: "boolean" } as const;
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      options: {
        port: text,
        host: text,
        data: text,
        lan: toggle,
        cert: text,
        key: text,
        "hub-of": text,
        "peer-hub": { type: "string", multiple: true },
        name: text,
        dev: toggle,
        help: toggle,
      },
    }).values;
  } catch (error) {
    // Node's messages go on about positional arguments; their first sentence names the flag.
    const what = error instanceof Error ? error.message.split(/\.\s|\n/)[0].replace(/\.$/, "") : "";
    throw new HubError(`${what}. Run with --help to see what there is.`, { cause: error });
  }
}

function parsePort(text: string, lan: boolean): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  // With --lan the page that tells how to trust the hub takes the next port.
  const max = lan ? MAX_PORT - 1 : MAX_PORT;
  if (port <= max) return port;
  throw new HubError(
    `--port ${text} is not a port. Give a whole number from 0 to ${max}, such as --port 8000.`,
  );
}

function parseTls(cert: string | undefined, key: string | undefined): Flags["tls"] {
  if (cert === undefined && key === undefined) return null;
  if (cert === undefined || key === undefined) {
    const [given, missing] = cert === undefined ? ["--key", "--cert"] : ["--cert", "--key"];
    throw new HubError(`${given} needs ${missing} too: a certificate works only with its key.`);
  }
  return { cert: notEmpty("--cert", cert), key: notEmpty("--key", key) };
}

function parseName(text: string): string {
  const name = notEmpty("--name", text).trim();
  if (name.length <= MAX_NAME_LENGTH) return name;
  throw new HubError(
    `--name has ${name.length} characters. Give it at most ${MAX_NAME_LENGTH}.`,
  );
}

function notEmpty(flag: string, value: string): string {
  if (value.trim() !== "") return value;
  throw new HubError(`${flag} is empty. Give it a value or leave it out.`);
}
