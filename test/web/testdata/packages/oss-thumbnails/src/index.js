module.exports = class Thumbnails {
  async deploy(inputs) {
    return { bucket: inputs.props.bucket, sizes: inputs.props.sizes };
  }
};
