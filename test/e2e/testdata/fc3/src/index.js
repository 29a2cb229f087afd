'use strict';
const { isDeepStrictEqual } = require('node:util');
const path = require('node:path');
const connect = require('./client');
const zip = require('./zip');
const crc64 = require('./crc64');

const BASE = '/2023-03-30';

// A component is a class; its methods are the commands of publish.yaml.
module.exports = class FC3 {
  // deploy creates or updates a function and its triggers.
  async deploy(inputs) {
    const { client, url, props, triggers } = await open(inputs);
    const old = await client.find(url);
    for (const t of triggers) await client.find(t.url);
    for (const config of ['/async-invoke-config?qualifier=LATEST', '/vpc-bindings', '/scaling-config?qualifier=LATEST', '/concurrency']) {
      await client.find(url + config);
    }
    const code = await uploadCode(client, path.resolve(path.dirname(inputs.yaml.path), props.code), old);
    await put(client, url, `${BASE}/functions`, { ...configuration(props), ...code });
    for (const t of triggers) await put(client, t.url, `${url}/triggers`, t.body);
    return describe(await client.get(url), await Promise.all(triggers.map((t) => client.get(t.url))), props);
  }

  // info tells what is deployed; of a function that is not there, the error.
  async info(inputs) {
    const { client, url, props, triggers } = await open(inputs);
    const found = await client.find(url);
    if (!found) return { region: props.region, functionName: props.functionName, error: 'FunctionNotFound' };
    const foundTriggers = await Promise.all(triggers.map((t) => client.find(t.url)));
    return describe(found, foundTriggers.filter(Boolean), props);
  }

  // plan tells what a deployment would change, but for the code, which is not built yet.
  async plan(inputs) {
    const { client, url, props, triggers } = await open(inputs);
    const plan = { [props.functionName]: difference(configuration(props), await client.find(url)) };
    for (const t of triggers) plan[`${props.functionName}/${t.body.triggerName}`] = difference(t.body, await client.find(t.url));
    return plan;
  }

  // remove removes the function, with all the triggers that it has.
  async remove(inputs) {
    if (!inputs.args.some((a) => a === '-y' || a === '--assume-yes')) throw new Error('fc3 asks nothing: say remove -y');
    const { client, url, props } = await open(inputs);
    if (!await client.find(url)) return;
    await client.get(`${url}/aliases`);
    await client.get(`${url}/versions`);
    const { triggers } = await client.get(`${url}/triggers`);
    await client.get(`${BASE}/scaling-configs?functionName=${props.functionName}`);
    await client.get(`${BASE}/async-invoke-configs?functionName=${props.functionName}`);
    for (const t of triggers) await client.delete(`${url}/triggers/${t.triggerName}`);
    await client.delete(url);
  }
};

// open returns what a command works with.
async function open({ props, getCredential }) {
  const url = `${BASE}/functions/${props.functionName}`;
  const triggers = (props.triggers || []).map((t) => ({
    url: `${url}/triggers/${t.triggerName}`,
    body: { qualifier: 'LATEST', ...t, triggerConfig: JSON.stringify(t.triggerConfig) },
  }));
  return { client: connect(await getCredential()), url, props, triggers };
}

// configuration is a function as the service takes it, without its code. The
// service wants a handler of every function, also where it means nothing.
function configuration({ region, code, triggers, ...rest }) {
  return rest.runtime.startsWith('custom') ? { handler: 'handler', ...rest } : rest;
}

// uploadCode uploads a folder, unless it is what the old function has, and
// returns where it is.
async function uploadCode(client, folder, old) {
  const body = zip(folder);
  if (old && old.codeChecksum === crc64(body)) return {};
  return { code: await client.upload(body) };
}

// put updates what is at a URL, or else creates it in its list.
async function put(client, url, list, body) {
  if (await client.find(url)) await client.put(url, body);
  else await client.post(list, body);
}

function difference(wanted, found) {
  if (!found) return 'create';
  const changed = Object.keys(wanted).filter((name) => !isDeepStrictEqual(wanted[name], found[name]));
  return changed.length ? `update ${changed.join(', ')}` : 'nothing to change';
}

// describe is what other resources may refer to. Environment variables, which
// may be secret, are left out.
function describe(found, triggers, { region }) {
  const { functionName, functionArn, runtime, memorySize, state, lastModifiedTime } = found;
  const about = { region, functionName, functionArn, runtime, memorySize, state, lastModifiedTime };
  about.triggers = triggers.map((t) => `${t.triggerName} (${t.triggerType})`);
  const http = triggers.find((t) => t.httpTrigger);
  if (http) about.url = { system_url: http.httpTrigger.urlInternet, system_intranet_url: http.httpTrigger.urlIntranet };
  return about;
}
