/** How the page asks the worker: `Bench`'s methods as messages. Both are bundled from this file. */
import type { Bench, Entrant } from "./entrant.ts";

export type Question =
  | { readonly ask: "load"; readonly entrant: Entrant }
  | { readonly ask: "sample"; readonly name: string; readonly budgetMs: number }
  | { readonly ask: "answer"; readonly name: string };

export type Reply = { readonly numbers: number[] } | { readonly error: string };

export async function answerQuestion(bench: Bench, question: Question): Promise<Reply> {
  try {
    return { numbers: await ask(bench, question) };
  } catch (error) {
    return { error: error instanceof Error ? error.stack ?? error.message : String(error) };
  }
}

async function ask(bench: Bench, question: Question): Promise<number[]> {
  switch (question.ask) {
    case "load":
      await bench.load(question.entrant);
      return [];
    case "sample":
      return await bench.sample(question.name, question.budgetMs);
    case "answer":
      return await bench.answer(question.name);
  }
}
