module.exports = class Worker { async deploy(inputs) { return inputs.props; } };
