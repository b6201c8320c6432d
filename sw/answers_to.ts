import type { CallKind, CallOf, Results } from "../field/messages.ts";
import type { Client } from "./scope.ts";

/** What answers calls of these kinds. */
export type AnswersTo<K extends CallKind> = {
  readonly [Kind in K]: (call: CallOf<Kind>, page: Client) => Promise<Results[Kind]>;
};
