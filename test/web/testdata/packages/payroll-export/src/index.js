module.exports = class Export {};
