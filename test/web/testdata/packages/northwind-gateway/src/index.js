module.exports = class Gateway {};
