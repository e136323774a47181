"""Language models that other services run, behind `bot.ports.model`.

    openai_compatible   any service that speaks OpenAI's Chat Completions, on this machine or elsewhere

Nothing here knows what a model is asked for.
"""
