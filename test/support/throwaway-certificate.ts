/** A certificate for a web server of a test, made on the spot: Node signs, but has nothing that writes certificates. */

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface ThrowawayCertificate {
  readonly cert: string;
  readonly key: string;
}

/** @param host the one name that it is for; it is good for an hour around now */
export function throwawayCertificate(host: string): ThrowawayCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'));
  const commonName = sequence(element(0x31, sequence(objectId('550403'), element(0x0c, Buffer.from(host)))));
  const alternativeNames = sequence(
    objectId('551d11'),
    element(0x04, sequence(element(0x82, Buffer.from(host)))),
  );
  const body = sequence(
    element(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    commonName,
    sequence(time(-30), time(30)),
    commonName,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(alternativeNames)),
  );
  const signature = element(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]));
  const certificate = sequence(body, ecdsaWithSha256, signature).toString('base64');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

/** An element of DER: its kind, its length, what it holds. */
function element(tag: number, content: Buffer): Buffer {
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

function objectId(encoded: string): Buffer {
  return element(0x06, Buffer.from(encoded, 'hex'));
}

function integer(bytes: Buffer): Buffer {
  return element(0x02, bytes);
}

function time(minutesFromNow: number): Buffer {
  const text = new Date(Date.now() + minutesFromNow * 60_000).toISOString().replace(/[-:T]|\..*/g, '');
  return element(0x17, Buffer.from(`${text.slice(2)}Z`));
}
