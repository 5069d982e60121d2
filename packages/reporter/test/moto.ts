import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { ensurePython } from '../../../rig/python.ts'

/** moto as a server on loopback: S3 and SES as far as a client can tell. The AWS SDK finds it by the environment. */
export async function startMoto(): Promise<AsyncDisposable & { url: string }> {
  const python = ensurePython((sentence) => console.log(sentence))
  const program = `
import sys
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
server = make_server('127.0.0.1', 0, DomainDispatcherApplication(create_backend_app), threaded=True)
print(server.port, flush=True)
server.serve_forever()`
  const moto = spawn(python, ['-c', program], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [port] = (await once(createInterface(moto.stdout), 'line')) as [string]
  const url = `http://127.0.0.1:${port}`
  const settings = {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  }
  Object.assign(process.env, settings)
  return {
    url,
    async [Symbol.asyncDispose]() {
      for (const name of Object.keys(settings)) delete process.env[name]
      const ended = once(moto, 'exit')
      moto.kill()
      await ended
    },
  }
}
