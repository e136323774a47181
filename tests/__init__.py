"""The tests: unit, contract, adapters and journeys, each in a folder of its own."""
