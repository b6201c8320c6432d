/** A short message at the edge of the screen. */
export interface Toast {
  /** Two toasts with one key are the same message: the later takes the earlier's place. */
  readonly key: string;
  readonly tone: "info" | "problem" | "good";
  readonly text: string;
  /** What was being tried, or what it means. */
  readonly detail?: string;
  /** Goes by itself after this; without it, when the user has closed it. */
  readonly lastsMs?: number;
  readonly actions?: readonly ToastAction[];
}

export interface ToastAction {
  readonly label: string;
  readonly run: () => void;
}

/** More than this at once is a wall; the oldest that would go by itself gives way, then the oldest. */
const MOST_AT_ONCE = 3;

/** The list with the toast in it, newest last. */
export function withToast(list: readonly Toast[], toast: Toast): readonly Toast[] {
  const known = list.findIndex(({ key }) => key === toast.key);
  if (known >= 0) return list.with(known, toast);
  const grown = [...list, toast];
  if (grown.length <= MOST_AT_ONCE) return grown;
  const fleeting = grown.findIndex(({ lastsMs }) => lastsMs !== undefined);
  return grown.toSpliced(Math.max(0, fleeting), 1);
}

/** The list without it. */
export function withoutToast(list: readonly Toast[], key: string): readonly Toast[] {
  return list.filter((toast) => toast.key !== key);
}
