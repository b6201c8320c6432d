import type { Facets, ObservationQuery } from "../../field/store/query.ts";
import type { Store } from "../../field/store/store.ts";
import type { QueryName } from "./journal_questions.ts";
import { AT_FIRST_SITE } from "./journal_sightings.ts";

/** As the app's list asks for them. */
export const PAGE = 100;
/** In every comment, and nowhere else. */
export const WORD = "limping";
const NO_WORD = "zeppelin";

/** How many it found. `facets`: of all that is there, to choose from. */
export async function answerQuery(store: Store, facets: Facets, query: QueryName): Promise<number> {
  const first = async (query: Omit<ObservationQuery, "limit">) =>
    (await store.observations({ limit: PAGE, ...query })).length;
  const classes = facets.classes.map(({ name }) => name);
  switch (query) {
    case "newest":
      return await first({});
    case "rare-class":
      return await first({ classes: classes.slice(-1) });
    case "comment-word":
      return await first({ text: WORD });
    case "no-such-word":
      return await first({ text: NO_WORD });
    case "no-such-pair":
      return await first({ text: classes.slice(0, 2).join(" ") });
    case "device":
      return await first({
        devices: facets.devices.slice(-1).map(({ device }) => device),
      });
    case "bounds":
      return await first({ within: AT_FIRST_SITE });
    case "facets":
      return (await store.facets()).classes.length;
    case "count":
      return await store.countObservations();
  }
}
