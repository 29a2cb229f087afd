// Asks a registry on another origin for what the pages of the official website
// ask for, and reads the fields that they read, in their way.
const registry = new URLSearchParams(location.search).get("registry");
const name = "queue-worker";

async function body(path) {
  const answer = await fetch(registry + path);
  return (await answer.json()).body;
}

async function read() {
  const list = await body("/v3/packages/releases?platform=3&page=-1&lang=cn&search=&category=&sort=download");
  const releases = await body(`/v3/packages/${name}/release`);
  const latest = await body(`/v3/packages/${name}/release/latest?package-name=${name}`);
  const categories = await body("/v3/common/categories");
  const providers = await body("/v3/common/providers");
  const tabs = await body("/v3/console/1/tabs/5");
  return {
    list: list.map((p) => [p.name, p.type, p.latest_create.split(" ")[0], p.tags.join(), p.provider.join(), p.category.name, p.download, p.user.username, p.organization.name, p.show].join("|")),
    releases: releases.map((r) => [r.tag_name, r.created_at.split("T")[0], r.body.split("\n")[0], new URL(r.zipball_url).pathname].join("|")),
    latest: [latest.name, latest.tag_name, latest.created_at.split("T")[0], latest.tags.join(), latest.provider.join(), latest.category.name, Object.keys(latest.service).join(), latest.home, latest.readme.split("\n")[0]].join("|"),
    categories: categories.map((c) => c.name).filter((c) => c),
    providers: providers.map((p) => p.name),
    tabs: tabs.map((t) => [t.package.name, t.version.tag_name, t.version.created_at.split("T")[0], t.download, t.description].join("|")),
  };
}

// refused asks for what is none of another website's business: the promise of
// each must be rejected.
async function refused() {
  const asked = {
    settings: () => fetch(registry + "/settings", { credentials: "include" }),
    "private package": () => fetch(registry + "/packages/payroll-export", { credentials: "include" }),
    front: () => fetch(registry + "/"),
    suggestions: () => fetch(registry + "/search/suggest?q=payroll", { credentials: "include" }),
    "list with cookies": () => fetch(registry + "/v3/packages/releases", { credentials: "include" }),
    "list with a token": () => fetch(registry + "/v3/packages/releases", { headers: { Authorization: "Bearer x" } }),
    publish: () => fetch(registry + "/v3/packages/releases", { method: "POST", body: new URLSearchParams({ publish: "Name: x" }) }),
    delete: () => fetch(registry + `/v3/packages/${name}/release/tags/1.0.0`, { method: "DELETE" }),
    "new token": () => fetch(registry + "/v3/user/token", { method: "POST" }),
    "form for a token": () => fetch(registry + "/settings/tokens", { method: "POST", credentials: "include", body: new URLSearchParams({ name: "stolen", scope: "all" }) }),
  };
  const answered = [];
  for (const [what, ask] of Object.entries(asked)) {
    await ask().then(() => answered.push(what), () => {});
  }
  return answered;
}

const show = (promise) => promise.then((value) => { document.querySelector("#read").textContent = JSON.stringify(value); }, (error) => { document.querySelector("#read").textContent = "failed: " + error; });
show(new URLSearchParams(location.search).has("refused") ? refused() : read());
