// Makes the calls that it reads from its input, one JSON object a line, with
// the vendor's SDKs, and writes what comes of each as a line of its own.
'use strict';
const readline = require('readline');
const OSS = require('ali-oss');
const FC2 = require('@alicloud/fc2');
const sdk = require('@alicloud/fc20230330');
const { $OpenApiUtil } = require('@alicloud/openapi-core');

const ACCOUNT_ID = process.env.ACCOUNT_ID;

// connect returns the calls to one control plane and its storage.
function connect({ endpoint, storage, id, secret }) {
  const client = new sdk.default(new $OpenApiUtil.Config({
    accessKeyId: id,
    accessKeySecret: secret,
    protocol: 'http',
    endpoint: new URL(endpoint).host,
    readTimeout: 60000, // fc3 sets its own, too
    connectTimeout: 60000,
  }));
  const older = new FC2(ACCOUNT_ID, { accessKeyID: id, accessKeySecret: secret, region: 'cn-hangzhou', endpoint });
  return { upload: (file) => upload(older, storage, file), ...callsOf(client) };
}

// upload puts a ZIP where the service says, and returns where that is.
async function upload(older, endpoint, file) {
  const { data } = await older.getTempBucketToken();
  const storage = new OSS({
    endpoint,
    accessKeyId: data.credentials.AccessKeyId,
    accessKeySecret: data.credentials.AccessKeySecret,
    stsToken: data.credentials.SecurityToken,
    bucket: data.ossBucket,
    refreshSTSToken: async () => { throw new Error('the token is new'); },
    refreshSTSTokenInterval: 600000,
  });
  const ossObjectName = `${ACCOUNT_ID}/${data.objectName}`;
  await storage.put(ossObjectName, file);
  return { ossBucketName: data.ossBucket, ossObjectName };
}

const callsOf = (client) => ({
  createFunction: (f) => client.createFunction(new sdk.CreateFunctionRequest({ body: new sdk.CreateFunctionInput(f) })),
  updateFunction: (name, f) => client.updateFunction(name, new sdk.UpdateFunctionRequest({ body: new sdk.UpdateFunctionInput(f) })),
  getFunction: (name, qualifier) => client.getFunction(name, new sdk.GetFunctionRequest({ qualifier })),
  getFunctionCode: (name) => client.getFunctionCode(name, new sdk.GetFunctionCodeRequest({})),
  listFunctions: (query) => client.listFunctions(new sdk.ListFunctionsRequest(query)),
  deleteFunction: (name) => client.deleteFunction(name),
  createTrigger: (name, t) => client.createTrigger(name, new sdk.CreateTriggerRequest({ body: new sdk.CreateTriggerInput(t) })),
  updateTrigger: (name, trigger, t) => client.updateTrigger(name, trigger, new sdk.UpdateTriggerRequest({ body: new sdk.UpdateTriggerInput(t) })),
  getTrigger: (name, trigger) => client.getTrigger(name, trigger),
  listTriggers: (name) => client.listTriggers(name, new sdk.ListTriggersRequest({})),
  deleteTrigger: (name, trigger) => client.deleteTrigger(name, trigger),
  publishVersion: (name, description) => client.publishFunctionVersion(name, new sdk.PublishFunctionVersionRequest({ body: new sdk.PublishVersionInput({ description }) })),
  listVersions: (name, query) => client.listFunctionVersions(name, new sdk.ListFunctionVersionsRequest(query)),
  deleteVersion: (name, version) => client.deleteFunctionVersion(name, version),
  createAlias: (name, a) => client.createAlias(name, new sdk.CreateAliasRequest({ body: new sdk.CreateAliasInput(a) })),
  updateAlias: (name, alias, a) => client.updateAlias(name, alias, new sdk.UpdateAliasRequest({ body: new sdk.UpdateAliasInput(a) })),
  getAlias: (name, alias) => client.getAlias(name, alias),
  listAliases: (name) => client.listAliases(name, new sdk.ListAliasesRequest({})),
  deleteAlias: (name, alias) => client.deleteAlias(name, alias),
  getAsyncInvokeConfig: (name) => client.getAsyncInvokeConfig(name, new sdk.GetAsyncInvokeConfigRequest({ qualifier: 'LATEST' })),
  listAsyncInvokeConfigs: (functionName) => client.listAsyncInvokeConfigs(new sdk.ListAsyncInvokeConfigsRequest({ functionName })),
  getScalingConfig: (name) => client.getScalingConfig(name, new sdk.GetScalingConfigRequest({ qualifier: 'LATEST' })),
  listScalingConfigs: (functionName) => client.listScalingConfigs(new sdk.ListScalingConfigsRequest({ functionName })),
  listProvisionConfigs: (functionName) => client.listProvisionConfigs(new sdk.ListProvisionConfigsRequest({ functionName })),
  getConcurrencyConfig: (name) => client.getConcurrencyConfig(name),
  listVpcBindings: (name) => client.listVpcBindings(name),
  putConcurrencyConfig: (name) => client.putConcurrencyConfig(name, new sdk.PutConcurrencyConfigRequest({ body: new sdk.PutConcurrencyInput({ reservedConcurrency: 1 }) })),
});

async function answer(line) {
  const { to, call, args } = JSON.parse(line);
  try {
    const result = await connect(to)[call](...args);
    return result.statusCode ? { status: result.statusCode, body: result.body && result.toMap().body } : { status: 200, body: result };
  } catch (e) {
    return { status: e.statusCode || e.status || -1, code: e.code, message: e.message };
  }
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await answer(line)) + '\n');
  }
})();
