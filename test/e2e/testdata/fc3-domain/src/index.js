'use strict';

// A component is a class; its methods are the commands of publish.yaml.
module.exports = class FC3Domain {
  async deploy() {
    return { said: 'an emulated Function Compute has no custom domains' };
  }
};
