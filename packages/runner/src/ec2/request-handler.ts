import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'

export interface RequestHandlerOptions {
  httpAgent: HttpAgent
  httpsAgent: HttpsAgent
}

/** As many connections to one of AWS's services as the SDK itself would open. */
const MAX_SOCKETS = 50

/**
 * How calls go to AWS: by the proxies that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name, which the SDK does not look at. A
 * company's own certificates come in by Node's NODE_EXTRA_CA_CERTS.
 */
export function toRequestHandler(env: NodeJS.ProcessEnv): RequestHandlerOptions {
  const options = { keepAlive: true, maxSockets: MAX_SOCKETS, proxyEnv: env }
  return { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) }
}
