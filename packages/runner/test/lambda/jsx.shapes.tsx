import { local } from 'vitest-pool-ec2/remote'
import { expect, test } from 'vitest'
import { h } from './h.ts'

const Card = ({ n }: { n: number }): unknown => <b>{n}</b>

test('JSX', async () => {
  await using host = local()
  const n = 3
  expect(await host.run(() => <p title="x">{n}</p>)).toMatchObject({ tag: 'p', props: { title: 'x' }, children: [3] })
  expect(
    await host.run(() => (
      <div>
        <Card n={n} />
      </div>
    )),
  ).toMatchObject({ children: [{ tag: 'b', children: [3] }] })
  expect(h).toBeTypeOf('function')
})
