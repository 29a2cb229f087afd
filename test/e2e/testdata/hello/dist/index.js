// A component is a class; its methods are the commands of publish.yaml.
module.exports = class Hello {
  async deploy({ props }) {
    const greeting = `hello, ${props.name || 'world'}`;
    console.log(greeting);
    return { greeting };
  }
};
