import { Agent, type Agent as AnyAgent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { OnReadOpts } from 'node:net';

/** As much as Node itself reads from a socket at a time. */
const readBytes = 64 << 10;

/**
 * Has each socket of an agent read into one buffer for as long as it lives.
 *
 * By itself Node gives every read a new buffer, to be found by the garbage collector. Node's parser copies bodies out of what
 * it is given, so that nobody holds the buffer when the socket is read again.
 */
function readingInPlace<A extends AnyAgent>(agent: A): A {
  const connect = agent.createConnection;
  agent.createConnection = (options, callback) => {
    const onread: OnReadOpts = {
      buffer: Buffer.allocUnsafeSlow(readBytes),
      callback: (bytes, buffer) => {
        socket?.emit('data', buffer.subarray(0, bytes));
        return true;
      },
    };
    const inPlace = { ...options, onread };
    const socket = connect.call(agent, inPlace, callback);
    return socket;
  };
  return agent;
}

const agents = {
  'http:': readingInPlace(new Agent({ keepAlive: true })),
  'https:': readingInPlace(new TlsAgent({ keepAlive: true })),
} as const;

const proxies = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'];

/**
 * What all requests of a thread to a service share their connections by; undefined behind a proxy, to which the SDK connects
 * by an agent of its own.
 */
export function agentFor(serviceUrl: string, env: NodeJS.ProcessEnv = process.env): AnyAgent | undefined {
  if (proxies.some((name) => env[name] || env[name.toLowerCase()])) return undefined;
  return serviceUrl.startsWith('https:') ? agents['https:'] : agents['http:'];
}
