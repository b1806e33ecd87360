// The part of TensorFlow.js that the op graph uses. Any tfjs backend gives it; the package itself is optional, so its types are not used.

export const tensorflowPackage = '@tensorflow/tfjs-node-gpu';

export interface Tensor {
  readonly shape: number[];
  dataSync(): Float32Array;
  dispose(): void;
}

type Operand = Tensor | number;
type Unary = (x: Operand) => Tensor;
type Binary = (a: Operand, b: Operand) => Tensor;
type Reduction = (x: Tensor, axis?: number | number[], keepDims?: boolean) => Tensor;

export interface TensorOps {
  tidy<T extends Tensor | Record<string, Tensor>>(compute: () => T): T;
  memory(): { numTensors: number };
  tensor(values: Float32Array | number[], shape: number[], dtype?: 'float32'): Tensor;
  range(start: number, stop: number, step: number): Tensor;
  zerosLike: Unary;
  cast(x: Tensor, dtype: 'float32' | 'int32'): Tensor;
  reshape(x: Tensor, shape: number[]): Tensor;
  stack(tensors: Tensor[]): Tensor;
  concat(tensors: Tensor[]): Tensor;
  add: Binary;
  sub: Binary;
  mul: Binary;
  div: Binary;
  maximum: Binary;
  less: Binary;
  lessEqual: Binary;
  greaterEqual: Binary;
  equal: Binary;
  logicalAnd(a: Tensor, b: Tensor): Tensor;
  logicalNot(x: Tensor): Tensor;
  where(condition: Tensor, a: Operand, b: Operand): Tensor;
  isFinite: Unary;
  abs: Unary;
  exp: Unary;
  log1p: Unary;
  floor: Unary;
  ceil: Unary;
  clipByValue(x: Tensor, min: number, max: number): Tensor;
  sum: Reduction;
  min: Reduction;
  max: Reduction;
  gatherND(x: Tensor, indices: Tensor): Tensor;
  scatterND(indices: Tensor, updates: Tensor, shape: number[]): Tensor;
}
