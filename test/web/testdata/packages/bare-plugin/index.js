module.exports = async (inputs) => inputs;
