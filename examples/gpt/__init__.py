"""A small GPT on Values: `model` is the network, `training` its steps, `language` what it learns to speak."""
