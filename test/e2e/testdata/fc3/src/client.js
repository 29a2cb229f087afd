'use strict';
const crypto = require('node:crypto');
const http = require('node:http');

// connect returns the calls to a control plane, and to the storage beside it.
module.exports = function connect({ AccountID, AccessKeyID, AccessKeySecret }) {
  const endpoint = address('FC_CLIENT_CUSTOM_ENDPOINT');

  // call signs and makes a call of today's API (ACS3-HMAC-SHA256).
  async function call(method, target, input) {
    const body = input ? JSON.stringify(input) : '';
    const headers = {
      host: endpoint.host,
      'x-acs-content-sha256': hash(body),
      'x-acs-date': new Date().toISOString().replace(/\.\d+/, ''),
      'x-acs-signature-nonce': crypto.randomUUID(),
      'x-acs-version': '2023-03-30',
    };
    const [path, query = ''] = target.split('?');
    const names = Object.keys(headers).sort();
    const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
    const canonical = [method, path, query, lines, names.join(';'), headers['x-acs-content-sha256']].join('\n');
    const signature = hmac('sha256', AccessKeySecret, `ACS3-HMAC-SHA256\n${hash(canonical)}`, 'hex');
    headers.authorization = `ACS3-HMAC-SHA256 Credential=${AccessKeyID},SignedHeaders=${names.join(';')},Signature=${signature}`;
    return send(endpoint, method, target, { ...headers, 'content-type': 'application/json' }, body);
  }

  // bucketToken asks where code goes, by the older API and its signature.
  async function bucketToken() {
    const path = '/2016-08-15/tempBucketToken';
    const date = new Date().toUTCString();
    const signature = hmac('sha256', AccessKeySecret, `GET\n\n\n${date}\nx-fc-account-id:${AccountID}\n${path}`, 'base64');
    return parse('GET', path, await send(endpoint, 'GET', path, {
      date, 'x-fc-account-id': AccountID, authorization: `FC ${AccessKeyID}:${signature}`,
    }));
  }

  // upload puts a ZIP into the storage (signature V1) and returns where it is.
  async function upload(zip) {
    const { credentials, ossBucket, objectName } = await bucketToken();
    const ossObjectName = `${AccountID}/${objectName}`;
    const date = new Date().toUTCString();
    const token = credentials.SecurityToken;
    const text = `PUT\n\napplication/zip\n${date}\nx-oss-security-token:${token}\n/${ossBucket}/${ossObjectName}`;
    const answer = await send(address('FC_CODE_TEMP_OSS_ENDPOINT'), 'PUT', `/${ossObjectName}`, {
      host: `${ossBucket}.oss-cn-hangzhou.aliyuncs.com`, date, 'content-type': 'application/zip', 'x-oss-security-token': token,
      authorization: `OSS ${credentials.AccessKeyId}:${hmac('sha1', credentials.AccessKeySecret, text, 'base64')}`,
    }, zip);
    if (answer.status !== 200) throw failure('PUT', ossObjectName, answer);
    return { ossBucketName: ossBucket, ossObjectName };
  }

  const must = async (method, target, input) => parse(method, target, await call(method, target, input));
  return {
    upload,
    get: (target) => must('GET', target),
    post: (target, input) => must('POST', target, input),
    put: (target, input) => must('PUT', target, input),
    delete: (target) => must('DELETE', target),
    // find returns null for what is not there.
    find: async (target) => {
      const answer = await call('GET', target);
      return answer.status === 404 ? null : parse('GET', target, answer);
    },
  };
};

function address(variable) {
  if (!process.env[variable]) throw new Error(`environment variable ${variable} is missing: this fc3 deploys to an emulated cloud only`);
  return new URL(process.env[variable]);
}

const hash = (text) => crypto.createHash('sha256').update(text).digest('hex');
const hmac = (algorithm, secret, text, encoding) => crypto.createHmac(algorithm, secret).update(text).digest(encoding);

// send makes one request and reads the whole answer.
function send({ hostname, port }, method, path, headers, body = '') {
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, method, path, headers: { ...headers, 'content-length': Buffer.byteLength(body) } });
    request.setTimeout(60000, () => request.destroy(new Error(`${method} ${path}: no answer in 60 s`)));
    request.on('error', reject).on('response', async (response) => {
      try {
        const parts = [];
        for await (const part of response) parts.push(part);
        resolve({ status: response.statusCode, text: Buffer.concat(parts).toString() });
      } catch (e) {
        reject(e);
      }
    });
    request.end(body);
  });
}

function parse(method, path, answer) {
  if (answer.status >= 300) throw failure(method, path, answer);
  return answer.text ? JSON.parse(answer.text) : null;
}

const failure = (method, path, { status, text }) => new Error(`${method} ${path}: ${status} ${text}`);
