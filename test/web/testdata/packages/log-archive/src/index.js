module.exports = class Archive {};
