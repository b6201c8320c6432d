/**
 * Minimum-cost assignment, exact, in O(rows² · columns): shortest augmenting paths with potentials
 * (Kuhn 1955 and Munkres 1957; in this form Jonker & Volgenant, "A Shortest Augmenting Path Algorithm for
 * Dense and Sparse Linear Assignment Problems", 1987).
 */

/** A row with its column. */
export type Pairing = readonly [number, number];

/**
 * Which rows go with which columns so that the costs of the pairs, and `mostCost` for each row or column
 * (whichever are fewer) that stays alone, add up to the least. No pair costs `mostCost` or more; a cost
 * that is not a number keeps the two apart. In the order of the rows. Throws when `mostCost` is not finite.
 */
export function assign(
  costs: readonly (readonly number[])[],
  mostCost: number,
): readonly Pairing[] {
  if (!Number.isFinite(mostCost)) throw new Error(`Cannot assign: ${mostCost} as the highest cost`);
  const columns = costs[0]?.length ?? 0;
  if (columns === 0) return [];
  const isWide = columns >= costs.length;
  const bounded = costs.map((row) => row.map((cost) => cost < mostCost ? cost : mostCost));
  const table = isWide ? bounded : bounded[0].map((_, j) => bounded.map((row) => row[j]));
  const pairs = columnsOfRows(table).map((column, row): Pairing =>
    isWide ? [row, column] : [column, row]
  );
  return pairs.filter(([i, j]) => bounded[i][j] < mostCost).sort(([a], [b]) => a - b);
}

/** For each row its column; there are at least as many columns. */
function columnsOfRows(table: readonly (readonly number[])[]): readonly number[] {
  const state: Potentials = {
    ofRow: table.map(() => 0),
    ofColumn: table[0].map(() => 0),
    rowOf: table[0].map(() => -1),
  };
  for (let row = 0; row < table.length; row++) augment(table, state, row);
  const columns = table.map(() => -1);
  state.rowOf.forEach((row, column) => {
    if (row >= 0) columns[row] = column;
  });
  return columns;
}

interface Potentials {
  readonly ofRow: number[];
  readonly ofColumn: number[];
  /** The row that each column has, or −1. */
  readonly rowOf: number[];
}

/** Gives one more row its column, by Dijkstra's algorithm over the reduced costs, which are never negative. */
function augment(table: readonly (readonly number[])[], state: Potentials, start: number): void {
  const { ofRow, ofColumn, rowOf } = state;
  const reached = ofColumn.map(() => Infinity);
  const cameFrom = ofColumn.map(() => -1);
  const isDone = ofColumn.map(() => false);
  for (let row = start, via = -1;;) {
    relax(table[row], ofRow[row], state, { reached, cameFrom, isDone, via });
    const next = nearest(reached, isDone);
    const delta = reached[next];
    ofRow[start] += delta;
    for (let j = 0; j < isDone.length; j++) {
      if (isDone[j]) {
        ofRow[rowOf[j]] += delta;
        ofColumn[j] -= delta;
      } else reached[j] -= delta;
    }
    isDone[next] = true;
    via = next;
    if (rowOf[next] < 0) return shiftAlong(cameFrom, rowOf, next, start);
    row = rowOf[next];
  }
}

interface Search {
  readonly reached: number[];
  readonly cameFrom: number[];
  readonly isDone: readonly boolean[];
  readonly via: number;
}

function relax(
  costs: readonly number[],
  ofRow: number,
  { ofColumn }: Potentials,
  { reached, cameFrom, isDone, via }: Search,
): void {
  for (let j = 0; j < costs.length; j++) {
    const cost = costs[j] - ofRow - ofColumn[j];
    if (isDone[j] || cost >= reached[j]) continue;
    reached[j] = cost;
    cameFrom[j] = via;
  }
}

function nearest(reached: readonly number[], isDone: readonly boolean[]): number {
  let best = -1;
  for (let j = 0; j < reached.length; j++) {
    if (!isDone[j] && (best < 0 || reached[j] < reached[best])) best = j;
  }
  return best;
}

/** Each column of the path takes the row of the one before; the first gets the row that was without. */
function shiftAlong(
  cameFrom: readonly number[],
  rowOf: number[],
  end: number,
  start: number,
): void {
  let column = end;
  while (cameFrom[column] >= 0) {
    rowOf[column] = rowOf[cameFrom[column]];
    column = cameFrom[column];
  }
  rowOf[column] = start;
}
