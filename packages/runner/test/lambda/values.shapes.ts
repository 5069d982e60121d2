import { basename } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { local } from 'vitest-pool-ec2/remote'
import half, { Point, twice, type Shape } from './dependency.ts'
import * as dependency from './dependency.ts'

const host = local()
afterAll(() => host.close())

const RATE = 3
let tally = 0
// @ts-expect-error -- such files are for users whose compiler makes enums; the option is this repository's
enum Colour {
  Red,
  Green = 7,
}
const settings = await Promise.resolve({ scale: 10 })
function rated(n: number): number {
  return n * RATE
}
const quadruple = (n: number): number => twice(twice(n))
export async function later<T>(value: T): Promise<T> {
  return await Promise.resolve(value)
}
class Box {
  readonly n: number
  constructor(n: number) {
    this.n = n
  }
  get area(): number {
    return this.n ** 2
  }
}
const counted = (): number => ++tally
Object.assign(globalThis, { topLevelRuns: 1 })

describe('what travels', () => {
  test('an arrow without captures', async () => {
    expect(await host.run((a: number, b: number) => a + b, 1, 2)).toBe(3)
  })
  test('a local const', async () => {
    const factor = 5
    expect(await host.run((a: number) => a * factor, 2)).toBe(10)
  })
  test('a local let, changed before', async () => {
    let n = 1
    n += 1
    expect(await host.run(() => n)).toBe(2)
  })
  test('a loop variable', async () => {
    const seen: number[] = []
    for (let i = 0; i < 3; i += 1) seen.push(await host.run(() => i))
    expect(seen).toEqual([0, 1, 2])
  })
  test('a const of the top level, also one that was awaited', async () => {
    expect(await host.run(() => RATE * settings.scale)).toBe(30)
  })
  test('a block', async () => {
    expect(
      await host.run(() => {
        const list = [1, 2]
        return list.length
      }),
    ).toBe(2)
  })
  test('an async function', async () => {
    expect(
      await host.run(async (n: number) => {
        await Promise.resolve()
        return n
      }, 4),
    ).toBe(4)
  })
  test('a function expression that calls itself', async () => {
    const factorial = host.run(function fact(n: number): number {
      return n < 2 ? 1 : n * fact(n - 1)
    }, 5)
    expect(await factorial).toBe(120)
  })
  test('functions within functions', async () => {
    const k = 2
    expect(await host.run((xs: number[]) => xs.map((x) => xs.map((y) => x * y * k)), [1, 2])).toEqual([
      [2, 4],
      [4, 8],
    ])
  })
  test('a function declaration that reads a const', async () => {
    expect(await host.run(() => rated(2))).toBe(6)
  })
  test('an arrow of the top level that uses an import', async () => {
    expect(await host.run(() => quadruple(2))).toBe(8)
  })
  test('a generic async function that is exported', async () => {
    expect(await host.run(() => later('x'))).toBe('x')
  })
  test('a class of this file', async () => {
    expect(await host.run(() => new Box(3).area)).toBe(9)
  })
  test('an enum', async () => {
    expect(await host.run(() => Colour.Green)).toBe(7)
  })
  test('imports: named, default, namespace, built in', async () => {
    expect(await host.run((n: number) => [twice(n), half(n), dependency.twice(n), basename('/a/b')], 4)).toEqual([
      8,
      2,
      8,
      'b',
    ])
  })
  test('types', async () => {
    const shape: Shape = { sides: 4 }
    expect(
      await host.run((given: Shape) => {
        const copy = { ...given } satisfies typeof shape as Shape
        return copy!.sides
      }, shape),
    ).toBe(4)
  })
  test('the type of a value that could not', async () => {
    const notData = (): number => 1
    expect(
      await host.run(() => {
        const n: ReturnType<typeof notData> = 2
        return n
      }),
    ).toBe(2)
    expect(notData()).toBe(1)
  })
  test('a generic arrow', async () => {
    expect(await host.run(<T>(value: T): T[] => [value as T], 1)).toEqual([1])
  })
  test('parameters: destructured, with defaults, rest', async () => {
    const fallback = 9
    expect(
      await host.run(
        ({ a, b: [c] = [fallback] }: { a: number; b?: number[] }, ...rest: number[]) => a + c! + rest.length,
        { a: 1 },
        5,
      ),
    ).toBe(11)
  })
  test('a default that uses an import', async () => {
    expect(await host.run((a = twice(4)) => a)).toBe(8)
  })
  test('a template', async () => {
    const name = 'Ada'
    expect(await host.run(() => `${name} ${`${RATE}`}`)).toBe('Ada 3')
  })
  test('names that are shadowed', async () => {
    const factor = 100
    expect(
      await host.run((factor: number) => {
        const twice = 1
        return factor + twice
      }, 1),
    ).toBe(2)
    expect(factor).toBe(100)
  })
  test('shorthand properties and labels', async () => {
    const width = 3
    expect(
      await host.run(() => {
        outer: for (;;) break outer
        return { width, height: width }
      }),
    ).toEqual({ width: 3, height: 3 })
  })
  test('import()', async () => {
    expect(await host.run(async () => (await import('./dependency.ts')).twice(21))).toBe(42)
  })
  test('import.meta', async () => {
    expect(await host.run(() => basename(import.meta.dirname))).toBe('lambda')
  })
  test('JSON with attributes', async () => {
    const { nameOf } = await import('./json.ts')
    expect(await nameOf(host)).toBe('json')
  })
  test('a package', async () => {
    const { default: picomatch } = await import('picomatch')
    expect(await host.run(async () => (await import('picomatch')).default('*.ts')('a.ts'))).toBe(true)
    expect(picomatch('*.ts')('a.ts')).toBe(true)
  })
  test('typed arrays, maps, dates', async () => {
    const data = new Float32Array([1, 2])
    const map = new Map([['a', new Date(0)]])
    expect(await host.run(() => [data.length, map.get('a')!.getTime()])).toEqual([2, 0])
  })
  test('what a module keeps, between calls', async () => {
    expect([await host.run(() => dependency.next()), await host.run(() => dependency.next())]).toEqual([1, 2])
    expect(dependency.next()).toBe(1)
  })
  test('a `this` and `arguments` of its own', async () => {
    expect(
      await host.run(
        function (..._numbers: number[]) {
          return arguments.length
        },
        1,
        2,
      ),
    ).toBe(2)
    expect(
      await host.run(() => {
        class Own {
          n = 1
          get() {
            return this.n
          }
        }
        return new Own().get()
      }),
    ).toBe(1)
  })
  test('nothing of the top level besides', async () => {
    expect(await host.run(() => (globalThis as { topLevelRuns?: number }).topLevelRuns)).toBe(undefined)
  })
  test('null and undefined', async () => {
    expect([await host.run(() => null), await host.run(() => undefined)]).toEqual([null, undefined])
  })
  test('arrays are mapped as ever', () => {
    const self = {
      k: 2,
      go() {
        return [1, 2].map((n) => n * this.k)
      },
    }
    expect(self.go()).toEqual([2, 4])
    let sum = 0
    ;[1, 2].map((n) => (sum += n))
    expect(sum).toBe(3)
  })
})

describe('what is refused, by its name and line', () => {
  test('an assignment to what is captured', async () => {
    let n = 0
    await expect(host.run(() => n++)).rejects.toThrow(/assigns to `n`.*values\.shapes\.ts:\d+\)/)
  })
  test('a helper that assigns', async () => {
    await expect(host.run(() => counted())).rejects.toThrow(/assigns to `tally`.*values\.shapes\.ts:34\)/)
  })
  test('an instance of a class', async () => {
    const box = new Box(1)
    await expect(host.run(() => box.area)).rejects.toThrow(
      /values\.shapes\.ts:\d+\) cannot run on a host: the captured variable `box` is an instance of Box/,
    )
  })
  test('an instance within an object', async () => {
    const a = { p: new Point(1) }
    await expect(host.run(() => a.p.x)).rejects.toThrow('`a` (property p) is an instance of Point')
  })
  test('a local function', async () => {
    const helper = (n: number): number => n
    await expect(host.run(() => helper(1))).rejects.toThrow('the captured variable `helper` is a function')
  })
  test('an argument', async () => {
    await expect(host.run((box: Box) => box.area, new Box(1))).rejects.toThrow('argument 1 is an instance of Box')
  })
  test('a result', async () => {
    await expect(host.run(() => new Box(1))).rejects.toThrow('what the function returned is an instance of Box')
    await expect(
      host.run(function* () {
        yield 1
      }),
    ).rejects.toThrow('what the function returned is an instance of')
  })
  test('`this` and `arguments` of outside', async () => {
    class Outer {
      n = 1
      go(): Promise<number> {
        return host.run(() => this.n)
      }
    }
    await expect(new Outer().go()).rejects.toThrow('uses `this` of the function around it')
    const go = function (): Promise<number> {
      return host.run(() => arguments.length)
    }
    await expect(go()).rejects.toThrow('uses `arguments` of the function around it')
  })
  test('a function that is no literal', async () => {
    const factor = 2
    const fn = (a: number): number => a * factor
    await expect(host.run(fn, 1)).rejects.toThrow('captures `factor`')
  })
})
