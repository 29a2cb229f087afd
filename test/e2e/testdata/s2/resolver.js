// Leads the host that Serverless Devs 2 has in its code to a registry under
// test, and every other name nowhere. Loaded by NODE_OPTIONS=--require.
const dns = require('dns');
const http = require('http');
const https = require('https');
const net = require('net');
const path = require('path');

// No process of its own outlives it and its home.
if (path.basename(path.dirname(process.argv[1] || '')) === 'daemon') {
  process.exit();
}

// 2.x forgets a connection for each redirect that it follows. Those of the
// Node.js of its time ended with the answer; from Node.js 19 on they are kept,
// and it runs until the other side ends them.
http.globalAgent = new http.Agent({ keepAlive: false });
https.globalAgent = new https.Agent({ keepAlive: false });

const { lookup } = dns;

dns.lookup = (host, options, done) => {
  const callback = done || options;
  if (host === 'registry.devsapp.cn') {
    return lookup(process.env.REGISTRY_ADDRESS, options, done);
  }
  if (net.isIP(host)) {
    return lookup(host, options, done);
  }
  const error = new Error(`${host} is out of reach of this test`);
  error.code = 'ENOTFOUND';
  return process.nextTick(callback, error);
};
