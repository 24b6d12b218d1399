"""One writer for each kind of output item: arguments in, a step that writes the item's events out.

Example:
    >>> from rxstream.simulated.ids import IdFactory
    >>> from rxstream.simulated.items.calls import function_call
    >>> from rxstream.simulated.script import ResponseScript
    >>> script = ResponseScript({}, IdFactory())
    >>> function_call("get_weather", '{"city":"Oslo"}')(script)
    >>> [event["type"].removeprefix("response.") for event in script.events][:2]
    ['output_item.added', 'function_call_arguments.delta']
    >>> script.output[0]["arguments"]
    '{"city":"Oslo"}'
"""
