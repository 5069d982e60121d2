export interface Shape {
  sides: number
}
export const twice = (n: number): number => n * 2
export default function half(n: number): number {
  return n / 2
}
export class Point {
  readonly x: number
  constructor(x: number) {
    this.x = x
  }
}
let count = 0
export const next = (): number => ++count
export const message = 'from the dependency'
export function explode(): never {
  throw new RangeError('from the dependency')
}
