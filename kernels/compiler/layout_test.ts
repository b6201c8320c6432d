import assert from "node:assert/strict";
import fc from "fast-check";
import {
  copyBox,
  denseView,
  elementsIn,
  elementwiseAxes,
  gridOf,
  matrixAxes,
  orderOf,
  pixelView,
  plainOrder,
  reshapeView,
  sliceView,
  spatialAxes,
  transposeView,
  type View,
} from "./layout.ts";

/** Offsets of all elements, in ONNX's order. */
function offsetsOf({ shape, strides, offset }: View): number[] {
  return Array.from({ length: elementsIn(shape) }, (_, place) => {
    let rest = place;
    return shape.reduceRight((sum, size, axis) => {
      const index = rest % size;
      rest = Math.floor(rest / size);
      return sum + index * strides[axis];
    }, offset);
  });
}

const shape = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 });

/** A dense view with its axes in any order. */
const shuffled = shape.chain((sizes) =>
  fc.shuffledSubarray(plainOrder(sizes.length), { minLength: sizes.length })
    .map((order) => denseView(sizes, order))
);

Deno.test("denseView() gives each element a place of its own, none left over", () => {
  fc.assert(
    fc.property(shuffled, (view) => {
      const places = offsetsOf(view).sort((a, b) => a - b);
      assert.deepEqual(places, plainOrder(places.length));
    }),
    { seed: 1 },
  );
});

Deno.test("reshapeView() keeps the order of elements, or says that it cannot", () => {
  fc.assert(
    fc.property(shuffled, fc.infiniteStream(fc.nat(4)), (view, picks) => {
      const sizes = [1, 1, 1, 1, 1];
      for (const size of view.shape) sizes[picks.next().value] *= size;
      const reshaped = reshapeView(view, sizes);
      if (reshaped) assert.deepEqual(offsetsOf(reshaped), offsetsOf(view));
    }),
    { numRuns: 500, seed: 1 },
  );
});

Deno.test("reshapeView() splits and joins axes that follow each other", () => {
  const nhwc = denseView([1, 6, 4, 5], [0, 2, 3, 1]);
  assert.deepEqual(reshapeView(nhwc, [1, 2, 3, 20])?.strides.slice(1), [3, 1, 6]);
  assert.equal(reshapeView(nhwc, [1, 120]), undefined);
  const pixels = transposeView(nhwc, [0, 2, 3, 1]);
  assert.deepEqual(reshapeView(pixels, [20, 6])?.strides, [6, 1]);
  assert.deepEqual(reshapeView(pixels, [120])?.strides, [1]);
});

Deno.test("gridOf() sees images in N H W C as pixels, whatever else lies between them", () => {
  const axes = spatialAxes([1, 6, 4, 5]);
  const whole = denseView([1, 6, 4, 5], [0, 2, 3, 1]);
  assert.deepEqual(gridOf(whole, axes), { height: 4, width: 5, channels: 6, stride: 6 });
  const part = sliceView(whole, { starts: [0, 2, 0, 0], steps: [1, 1, 1, 1], shape: [1, 3, 4, 5] });
  assert.deepEqual(gridOf(part, axes), { height: 4, width: 5, channels: 3, stride: 6 });
  assert.equal(part.offset, 2);
});

Deno.test("gridOf() refuses what has gaps between rows, other orders, and channels apart", () => {
  const axes = spatialAxes([1, 6, 4, 5]);
  const whole = denseView([1, 6, 4, 5], [0, 2, 3, 1]);
  const slice = (shape: number[], steps: number[]) =>
    gridOf(sliceView(whole, { starts: [0, 0, 0, 0], steps, shape }), axes);
  assert.equal(slice([1, 6, 4, 4], [1, 1, 1, 1]), undefined);
  assert.equal(slice([1, 3, 4, 5], [1, 2, 1, 1]), undefined);
  assert.equal(gridOf(denseView([1, 6, 4, 5], [0, 1, 2, 3]), axes), undefined);
  assert.deepEqual(slice([1, 6, 2, 5], [1, 1, 1, 1])?.height, 2);
});

Deno.test("gridOf() does not care about the strides of axes of one position", () => {
  const single = { shape: [1, 7, 1, 1], strides: [99, 1, -3, 0], offset: 0 };
  assert.deepEqual(gridOf(single, spatialAxes(single.shape)), {
    height: 1,
    width: 1,
    channels: 7,
    stride: 7,
  });
  assert.deepEqual(gridOf({ shape: [], strides: [], offset: 0 }, matrixAxes({ length: 0 })), {
    height: 1,
    width: 1,
    channels: 1,
    stride: 1,
  });
});

Deno.test("gridOf() finds for any dense view a way among elementwiseAxes()", () => {
  fc.assert(
    fc.property(shuffled, (view) => {
      const [axes] = elementwiseAxes(view.shape, orderOf(view));
      const grid = gridOf(view, axes);
      assert.ok(grid);
      assert.equal(grid.height * grid.width * grid.channels, elementsIn(view.shape));
      assert.equal(grid.stride, grid.channels);
    }),
    { seed: 1 },
  );
});

Deno.test("orderOf() prefers the usual orders where sizes of 1 leave a choice", () => {
  assert.deepEqual(orderOf(denseView([1, 1, 4, 5], [0, 1, 2, 3])), [0, 2, 3, 1]);
  assert.deepEqual(orderOf(denseView([1, 6, 4, 5], [0, 1, 2, 3])), [0, 1, 2, 3]);
  assert.deepEqual(orderOf(denseView([1, 6, 1], [0, 1, 2])), [0, 1, 2]);
});

Deno.test("copyBox() moves each element to where the other view has it", () => {
  fc.assert(
    fc.property(shuffled, fc.infiniteStream(fc.nat(100)), (from, picks) => {
      const order = plainOrder(from.shape.length).sort((a, b) =>
        a === b ? 0 : picks.next().value - 50
      );
      const to = denseView(from.shape, order);
      const box = copyBox(from, to);
      const [source, target] = [box.fromStrides, box.toStrides].map((strides, side) =>
        offsetsOf({ shape: box.size, strides, offset: side === 0 ? box.from : box.to })
      );
      const pairs = (a: number[], b: number[]) => a.map((place, k) => `${place} ${b[k]}`).sort();
      assert.deepEqual(pairs(source, target), pairs(offsetsOf(from), offsetsOf(to)));
    }),
    { seed: 1 },
  );
});

Deno.test("copyBox() joins axes that go together, and refuses more than six that do not", () => {
  const from = denseView([2, 3, 4], [0, 1, 2]);
  assert.deepEqual(copyBox(from, from).size, [24]);
  const many = [2, 2, 2, 2, 2, 2, 2];
  const apart = denseView(many, plainOrder(7));
  assert.throws(() => copyBox(apart, denseView(many, plainOrder(7).reverse())), /needs 7 axes/);
});

Deno.test("pixelView() leaves room behind each pixel", () => {
  const axes = spatialAxes([1, 3, 2, 2]);
  const view = pixelView([1, 3, 2, 2], axes, 4);
  assert.deepEqual(gridOf(view, axes), { height: 2, width: 2, channels: 3, stride: 4 });
});
