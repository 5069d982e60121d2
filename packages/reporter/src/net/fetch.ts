import { EnvHttpProxyAgent, fetch as fetchBy, type RequestInit, type Response } from 'undici'

export type { Response }

let agent: EnvHttpProxyAgent | undefined

/**
 * As `fetch`, by the proxies that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name, which Node's own looks at only with NODE_USE_ENV_PROXY.
 * A company's own certificates come in by Node's NODE_EXTRA_CA_CERTS.
 */
export async function fetch(url: string, init: RequestInit = {}): Promise<Response> {
  agent ??= new EnvHttpProxyAgent()
  return await fetchBy(url, { ...init, dispatcher: agent })
}
