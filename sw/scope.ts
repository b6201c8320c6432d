/**
 * The part of the service worker's global scope that is used here. TypeScript's own declarations of it
 * (`lib.webworker`) cannot be loaded beside those of the page (`lib.dom`).
 */
export interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

export interface Client {
  readonly id: string;
  postMessage(message: unknown, transfer?: Transferable[]): void;
}

export interface ExtendableMessageEvent extends ExtendableEvent {
  readonly data: unknown;
  readonly source: Client | null;
}

export interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

/** A window of the app. */
export interface WindowClient extends Client {
  readonly url: string;
  focus(): Promise<unknown>;
  /** Null where it may not be led there: one that this worker does not control. */
  navigate(url: string): Promise<unknown>;
}

export interface NotificationEvent extends ExtendableEvent {
  readonly notification: { readonly data: unknown; close(): void };
}

export interface WorkerScope {
  readonly clients: {
    matchAll(
      options: { includeUncontrolled: boolean; type: "window" },
    ): Promise<readonly WindowClient[]>;
    get(id: string): Promise<Client | undefined>;
    openWindow(url: string): Promise<unknown>;
  };
  readonly registration: {
    showNotification(title: string, options: NotificationOptions): Promise<void>;
    getNotifications(filter: { tag: string }): Promise<readonly unknown[]>;
  };
  readonly navigator: { readonly storage: StorageManager };
  skipWaiting(): Promise<void>;
  addEventListener(type: "activate" | "install", listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
  addEventListener(
    type: "notificationclick",
    listener: (event: NotificationEvent) => void,
  ): void;
  addEventListener(type: "message", listener: (event: ExtendableMessageEvent) => void): void;
}

export const scope = globalThis as unknown as WorkerScope;
